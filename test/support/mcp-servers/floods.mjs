// Does not stop talking once its tools were listed. Arguments: `pings` whose answers it does not read, `notifications`,
// or a `burst` of pings whose answers it reads and counts.
import { send, serve, text, tool } from './json-lines.mjs';

const [kind] = process.argv.slice(2);
const message = {
  pings: id => ({ id, method: 'ping' }),
  notifications: id => ({ method: 'notifications/message', params: { level: 'info', data: id } }),
}[kind === 'burst' ? 'pings' : kind];

let count = 0;
function flood() {
  while (send(message(`own-${count++}`)));
  process.stdout.once('drain', flood);
}

let answers = 0;
let rest = '';
process.stdin.on('data', piece => {
  // A piece may end anywhere.
  const lines = (rest + piece).split('\n');
  rest = lines.pop() ?? '';
  answers += lines.filter(line => line.includes('"own-')).length;
});
serve({
  name: 'floods',
  tools: () => [tool('answers', 'How many answers it got')],
  call(name) {
    if (name === 'answers') return text(String(answers));
    if (kind === 'burst') for (let id = 0; id < 4_000; id++) send({ id: `own-${id}`, method: 'ping' });
    else setTimeout(flood, 10);
    if (kind === 'pings') setTimeout(() => process.stdin.pause(), 5);
    return text('begun');
  },
});
