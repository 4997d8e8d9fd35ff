// Snapshots beside a test file: `__snapshots__/<name>.snap.yaml`. The daemon says what shall be in it; the editor writes it.
import { FileSystemError, FileType, Uri, workspace } from 'vscode';
import { HostProblem } from '../../platform/host-problem.ts';

const mostBytes = 4_194_304;

const nameOf = (file: Uri): string => file.path.slice(file.path.lastIndexOf('/') + 1).replace(/\.ya?ml$/, '');

export const snapshotUri = (file: Uri): Uri => Uri.joinPath(file, '..', '__snapshots__', `${nameOf(file)}.snap.yaml`);

/** A workspace may hold links to anywhere: nothing is read or written through them. Errors: HostProblem `linkedSnapshots`. */
async function refuseLinks(file: Uri): Promise<void> {
  const target = snapshotUri(file);
  for (const [uri, type] of [
    [Uri.joinPath(target, '..'), FileType.Directory],
    [target, FileType.File],
  ] as const) {
    const found = await tryStat(uri);
    if (found && found.type !== type) throw new HostProblem('linkedSnapshots', uri.path);
  }
}

async function tryStat(uri: Uri) {
  try {
    return await workspace.fs.stat(uri);
  } catch (error) {
    if (error instanceof FileSystemError && error.code === 'FileNotFound') return undefined;
    throw error;
  }
}

/** Undefined: there is none. Errors: of a file that cannot be read, HostProblem `linkedSnapshots`. */
export async function readSnapshots(file: Uri): Promise<string | undefined> {
  const target = snapshotUri(file);
  await refuseLinks(file);
  const found = await tryStat(target);
  if (!found) return undefined;
  if (found.size > mostBytes) throw new Error(`${target.path} is too large.`);
  return new TextDecoder().decode(await workspace.fs.readFile(target));
}

export async function writeSnapshots(file: Uri, text: string): Promise<void> {
  const target = snapshotUri(file);
  await refuseLinks(file);
  await workspace.fs.createDirectory(Uri.joinPath(target, '..'));
  await workspace.fs.writeFile(target, new TextEncoder().encode(text));
}
