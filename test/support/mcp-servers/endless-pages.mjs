// Its list of tools never ends: each page names another one.
import { serve, text, tool } from './json-lines.mjs';

let page = 0;
serve({
  name: 'endless-pages',
  tools() {
    page += 1;
    return [tool(`tool_${page}`, 'One of very many')];
  },
  methods: {
    'tools/list'() {
      page += 1;
      return { tools: [tool(`tool_${page}`, 'One of very many')], nextCursor: String(page) };
    },
  },
  call: () => text('ok'),
});
