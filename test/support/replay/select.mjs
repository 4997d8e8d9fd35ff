// Finds the recording that answers a call: by what was asked, the environment and standard input, and then by the sequence.
import { basename, extname } from 'node:path';

/** Variables that make docker mcp answer differently (by presence alone for the token, which everybody makes for himself). */
const telling = ['DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_MCP_IN_CONTAINER'];
const token = 'MCP_GATEWAY_AUTH_TOKEN';

/** Recorded text with this run's folders in it. */
export const fill = (text, { home, work }) => text.replaceAll('$HOME', home).replaceAll('$WORK', work);

export function findRecording(index, call, position) {
  const { cursor, mode, pinned, standing = [] } = position;
  const fitting = index.filter(entry => fits(entry, call, position));
  if (pinned !== undefined) return fitting.find(entry => entry.name === pinned);
  const stands = fitting.find(entry => standing.includes(entry.name));
  if (stands) return stands;
  const later = fitting.filter(({ seq }) => seq >= cursor);
  const earlier = fitting.filter(({ seq }) => seq <= cursor);
  // "follow": the next one that was recorded. "hold": how it was at that moment.
  return mode === 'follow' ? (later[0] ?? earlier.at(-1)) : (earlier.at(-1) ?? later[0]);
}

function fits(entry, call, places) {
  return (
    (entry.bin ?? 'docker') === call.program &&
    entry.argv.length === call.argv.length &&
    entry.argv.every((word, at) => isSame(fill(word, places), call.argv[at], entry, at)) &&
    telling.every(name => filled(entry.env[name], places) === call.env[name]) &&
    (entry.env[token] === undefined) === (call.env[token] === undefined) &&
    (entry.stdin === undefined || entry.stdin === call.stdin)
  );
}

const filled = (text, places) => (text === undefined ? undefined : fill(text, places));

function isSame(recorded, given, entry, at) {
  if (recorded === given) return true;
  // A gateway is run on whichever port is free.
  if (entry.argv[at - 1] === '--port') return /^\d+$/.test(given);
  // A profile is exchanged in a file whose place is the caller's business.
  const isExchange = entry.argv[1] === 'profile' && ['export', 'import'].includes(entry.argv[2]);
  const isFile = isExchange && at === entry.argv.length - 1 && entry.exitCode === 0;
  return (
    isFile && extname(recorded) === extname(given) && ['profile.json', basename(recorded)].includes(basename(given))
  );
}
