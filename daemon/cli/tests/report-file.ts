// Where a report goes: looked at before the run, so that its results are not lost after it.
import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../exit-codes.ts';

/** The whole path; its folder is made. Errors: UsageError. */
export async function prepareReport(file: string): Promise<string> {
  const path = resolve(file);
  const cannot = new UsageError(`${file} cannot be written.`);
  await mkdir(dirname(path), { recursive: true }).catch(() => Promise.reject(cannot));
  await access(dirname(path), constants.W_OK).catch(() => Promise.reject(cannot));
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
  if (isFolder) throw cannot;
  return path;
}
