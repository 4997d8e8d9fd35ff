// Snapshots beside a test file: `__snapshots__/<name>.snap.yaml`. The daemon says what shall be in it; the editor writes it.
import { FileSystemError, Uri, workspace } from 'vscode';

const mostBytes = 4_194_304;

const nameOf = (file: Uri): string => file.path.slice(file.path.lastIndexOf('/') + 1).replace(/\.ya?ml$/, '');

export const snapshotUri = (file: Uri): Uri => Uri.joinPath(file, '..', '__snapshots__', `${nameOf(file)}.snap.yaml`);

/** Undefined: there is none. Errors: of a file that cannot be read. */
export async function readSnapshots(file: Uri): Promise<string | undefined> {
  const target = snapshotUri(file);
  try {
    if ((await workspace.fs.stat(target)).size > mostBytes) throw new Error(`${target.path} is too large.`);
    return new TextDecoder().decode(await workspace.fs.readFile(target));
  } catch (error) {
    if (error instanceof FileSystemError && error.code === 'FileNotFound') return undefined;
    throw error;
  }
}

export async function writeSnapshots(file: Uri, text: string): Promise<void> {
  const target = snapshotUri(file);
  await workspace.fs.createDirectory(Uri.joinPath(target, '..'));
  await workspace.fs.writeFile(target, new TextEncoder().encode(text));
}
