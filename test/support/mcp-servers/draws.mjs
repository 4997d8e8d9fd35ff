// Gives back what can be seen and heard of a result: a picture of its own making, a text, structured content that fits
// its output schema, or does not, and links to resources, of which one can be read.
import { crc32, deflateSync } from 'node:zlib';
import { serve, tool, unknownTool } from './json-lines.mjs';

const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
};

/** A square PNG (ISO/IEC 15948), 8 bits of red, green and blue for each point. */
function draw(size) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Array.from({ length: size }, (_, y) => [
    0,
    ...Array.from({ length: size }, (_, x) => [(255 * x) / size, (255 * y) / size, 160]).flat(),
  ]);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const points = deflateSync(Buffer.from(rows.flat()));
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', points), chunk('IEND', Buffer.alloc(0))]);
}

const kept = 'draws://kept';
const link = (uri, title) => ({ type: 'resource_link', uri, name: uri, title, mimeType: 'image/png' });

serve({
  name: 'draws',
  tools: () => [
    {
      ...tool('draw', 'Draws a square in many colours', { size: { type: 'integer', minimum: 1, default: 160 } }),
      outputSchema: {
        type: 'object',
        properties: { width: { type: 'integer' }, height: { type: 'integer' } },
        required: ['width', 'height'],
      },
      annotations: { readOnlyHint: true },
    },
    { ...tool('link', 'Links to what it has drawn'), annotations: { readOnlyHint: true } },
  ],
  capabilities: { resources: {} },
  methods: {
    'resources/read'({ uri }) {
      if (uri !== kept) throw Object.assign(new Error(`There is no ${uri}.`), { code: -32002 });
      return { contents: [{ uri, mimeType: 'image/png', blob: draw(40).toString('base64') }] };
    },
  },
  call(name, { size = 160 }) {
    if (name === 'link') return { content: [link(kept, 'A kept picture'), link('draws://lost', 'A lost picture')] };
    if (name !== 'draw') throw unknownTool(name);
    return {
      content: [
        { type: 'text', text: `A square of ${size} points` },
        { type: 'image', mimeType: 'image/png', data: draw(size).toString('base64') },
      ],
      // Of a square of one point it does not say the height: that does not fit.
      structuredContent: size === 1 ? { width: '1' } : { width: size, height: size },
    };
  },
});
