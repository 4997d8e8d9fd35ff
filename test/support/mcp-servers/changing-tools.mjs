// Its list of tools grows when it is told to, and comes in pages of two. Argument: how many tools it has at first.
import { send, serve, text, tool } from './json-lines.mjs';

let count = Number(process.argv[2] ?? '1');
serve({
  name: 'changing-tools',
  tools: () => [],
  methods: {
    'tools/list'({ cursor = '0' }) {
      const all = [
        tool('grow', 'Adds a tool'),
        ...Array.from({ length: count }, (_, i) => tool(`tool_${i}`, `Tool ${i}`)),
      ];
      const from = Number(cursor);
      const next = from + 2 < all.length ? { nextCursor: String(from + 2) } : {};
      return { tools: all.slice(from, from + 2), ...next };
    },
  },
  call() {
    count += 1;
    setTimeout(() => send({ method: 'notifications/tools/list_changed' }), 10);
    return text(String(count));
  },
});
