// Answers in every wrong way. The tool's name says which.
import { send, serve, text, tool } from './json-lines.mjs';

const kinds = ['twice', 'other-id', 'huge', 'flood', 'never-reads', 'mid-frame', 'odd-answer', 'junk', 'fine'];
const megabyte = 'x'.repeat(1_048_576);

/** One message of `size` megabytes, written piece by piece as fast as it is read. */
function huge(id, size) {
  process.stdout.write(`{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"`);
  const write = left => {
    if (left === 0) return process.stdout.write('"}]}}\n');
    if (process.stdout.write(megabyte)) setImmediate(write, left - 1);
    else process.stdout.once('drain', () => write(left - 1));
  };
  write(size);
}

function flood() {
  for (let i = 0; i < 100; i++)
    send({ method: 'notifications/message', params: { level: 'info', data: `${i} ${'y'.repeat(100)}` } });
}

serve({
  name: 'hostile',
  tools: () => [
    ...kinds.map(kind => tool(kind, 'Does it wrong')),
    tool('large', process.argv[2] === 'large-definition' ? megabyte.repeat(5) : 'Small'),
  ],
  call(name, args, { id }) {
    if (name === 'twice') {
      send({ id, result: text('first') });
      send({ id, result: text('second') });
    } else if (name === 'other-id') {
      for (const wrong of [id + 1_000, `${id}`, null, -1, 0.5, {}]) send({ id: wrong, result: text('not yours') });
      setTimeout(() => send({ id, result: text('yours') }), 20);
    } else if (name === 'huge') huge(id, 100);
    else if (name === 'flood') {
      // 10,000 a second.
      setInterval(flood, 10);
      return text('begun');
    } else if (name === 'never-reads') {
      process.stdin.pause();
      return text('not any more');
    } else if (name === 'mid-frame') {
      process.stdout.write(`{"jsonrpc":"2.0","id":${id},"result":{"conte`, () => process.exit(1));
    } else if (name === 'odd-answer') send({ id, result: 'a text' });
    else if (name === 'junk') {
      process.stdout.write(
        'not json\n{"jsonrpc":"1.0","id":1}\n[]\n{"jsonrpc":"2.0"}\n\n{"jsonrpc":"2.0","method":5}\n',
      );
      return text('after all that');
    } else return text(String(args.message ?? 'fine'));
    return undefined;
  },
});
