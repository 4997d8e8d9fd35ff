// Stands in for a gateway of Docker where only its processes matter: it runs containers as the real one does (CONTRACT
// section 6) and holds them open. Arguments: IMAGE SERVER [--mark VALUE] [--count N] [-- COMMAND...]
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  options: { mark: { type: 'string' }, count: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const [image, server, ...command] = positionals;
const mark = values.mark === undefined ? [] : ['-e', 'QUAYSIDE_GATEWAY'];
const labels = [
  'docker-mcp=true',
  'docker-mcp-tool-type=mcp',
  `docker-mcp-name=${server}`,
  'docker-mcp-transport=stdio',
].flatMap(label => ['-l', label]);
const args = ['run', '--rm', '-i', '--init', '--pull', 'never', ...labels, ...mark, image, ...command];

for (let count = 0; count < Number(values.count); count++) {
  const child = spawn('docker', args, {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...process.env, ...(values.mark === undefined ? {} : { QUAYSIDE_GATEWAY: values.mark }) },
  });
  child.stdin.on('error', () => {});
}
setInterval(() => {}, 60_000);
