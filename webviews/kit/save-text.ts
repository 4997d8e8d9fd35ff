import type { Host } from './host.ts';

/** A text as a file: a download of the page, a document in the editor. */
export function saveText(host: Host, name: string, text: string): void {
  if (host.save) host.save({ name, mediaType: 'text/plain', base64: toBase64(text) });
  else host.openText(text, 'plaintext', name);
}

/** Of UTF-8, piece by piece: a whole history is too much for one call. */
function toBase64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  for (let start = 0; start < bytes.length; start += 8_192) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 8_192));
  }
  return btoa(binary);
}
