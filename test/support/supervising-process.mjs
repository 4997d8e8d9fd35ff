// A process that supervises one server, to be killed. Arguments: the state folder, the script to run, and its arguments.
// It prints the answer of the server's tool `pids` and then waits.
import { createSupervisor } from '../../daemon/supervision/create-supervisor.ts';

const [stateFolder, script, ...args] = process.argv.slice(2);
const events = { onHealth() {}, onOutput() {}, onToolsChanged() {} };
const supervisor = createSupervisor({ stateFolder, version: '0.0.0', events });
const environment = { PATH: process.env.PATH };
await supervisor.start(
  'one',
  async () => ({
    kind: 'stdio',
    command: process.execPath,
    args: [script, ...args],
    environment,
    workingDirectory: '/',
  }),
  { restart: 'never', startSeconds: 10, messageBytes: 1_000_000 },
);
const { content } = await supervisor.session('one').callTool('pids', {}, { timeoutSeconds: 10 });
process.stdout.write(`${content[0].text}\n`);
setInterval(() => {}, 60_000);
