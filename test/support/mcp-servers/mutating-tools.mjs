// Its tools are what a file says, read anew with each list, and it tells that they changed when the file has. Arguments:
// the file, JSON with an array of tools. A call says its arguments back, and counts. What stands in FILE.instructions is told
// at its start.
import { existsSync, readFileSync, watchFile } from 'node:fs';
import { send, serve, text } from './json-lines.mjs';

const file = process.argv[2] ?? '';
let calls = 0;
serve({
  name: 'mutating-tools',
  instructions: existsSync(`${file}.instructions`) ? readFileSync(`${file}.instructions`, 'utf8') : undefined,
  tools: () => [],
  methods: { 'tools/list': () => ({ tools: JSON.parse(readFileSync(file, 'utf8')) }) },
  call(name, args) {
    calls += 1;
    return text(JSON.stringify({ name, args, calls }));
  },
});
// It ends when its input does, file or not.
watchFile(file, { interval: 20 }, () => send({ method: 'notifications/tools/list_changed' })).unref();
