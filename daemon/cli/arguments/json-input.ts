// Reads a JSON object from the command line, a file or standard input.
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Json } from '../../../shared/domain/json-schema.ts';
import { limits } from '../../../shared/domain/limits.ts';
import { UsageError } from '../exit-codes.ts';

async function readStream(stream: Readable): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stream) {
    const buffer = Buffer.from(piece);
    bytes += buffer.length;
    if (bytes > limits.requestBody) throw new UsageError('The arguments are larger than 1 MB.');
    pieces.push(buffer);
  }
  return Buffer.concat(pieces).toString('utf8');
}

async function readArgumentFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`The file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const isRecord = (value: Json): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * `given` is JSON, `@file` or `-` for standard input.
 * Errors: UsageError if it cannot be read or is not a JSON object.
 */
export async function readJsonObject(given: string, stdin: Readable): Promise<Record<string, Json>> {
  const text =
    given === '-' ? await readStream(stdin) : given.startsWith('@') ? await readArgumentFile(given.slice(1)) : given;
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--args is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isRecord(value)) throw new UsageError('--args must be a JSON object such as {"message":"hi"}.');
  return value;
}
