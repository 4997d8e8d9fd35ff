// Files that a person chooses: read with a limit, written where they say.
import { Uri, window, workspace } from 'vscode';
import { Cancelled, HostProblem } from './host-problem.ts';

/** Errors: Cancelled; HostProblem `tooLarge`. */
export async function pickTextFile(title: string, extensions: string[], mostBytes: number): Promise<string> {
  const [file] = (await window.showOpenDialog({ title, filters: { Files: extensions }, canSelectMany: false })) ?? [];
  if (!file) throw new Cancelled();
  const { size } = await workspace.fs.stat(file);
  if (size > mostBytes) throw new HostProblem('tooLarge');
  return new TextDecoder().decode(await workspace.fs.readFile(file));
}

/** Errors: Cancelled. */
export const saveTextFile = (fileName: string, text: string): Promise<Uri> =>
  saveFile(fileName, new TextEncoder().encode(text));

/** Errors: Cancelled. */
export async function saveFile(fileName: string, bytes: Uint8Array): Promise<Uri> {
  const [folder] = workspace.workspaceFolders ?? [];
  const defaultUri = folder ? Uri.joinPath(folder.uri, fileName) : Uri.file(fileName);
  const file = await window.showSaveDialog({ defaultUri });
  if (!file) throw new Cancelled();
  await workspace.fs.writeFile(file, bytes);
  return file;
}
