// Makes npm packages as bytes, so that tests can have packages of their own.
import { gzipSync } from 'node:zlib';

const block = 512;

/** A gzipped tar file as npm makes them: everything lies in the folder `package`. */
export function makeTarball(files: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(files).flatMap(([path, text]) => {
    const body = Buffer.from(text);
    const padding = Buffer.alloc((block - (body.length % block)) % block);
    return [makeHeader(`package/${path}`, body.length), body, padding];
  });
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * block)]));
}

/** A ustar header for a plain file. */
function makeHeader(path: string, size: number): Buffer {
  const header = Buffer.alloc(block);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(path, 0);
  header.write(octal(0o755, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(499_162_500, 12), 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  header.write(
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      7,
    ),
    148,
  );
  return header;
}
