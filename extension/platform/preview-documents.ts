// Texts that exist only to be compared in the editor: what something is, and what it was or would become.
import { EventEmitter, type TextDocumentContentProvider, Uri, workspace } from 'vscode';
import { disposeAll } from './commands.ts';

export interface PreviewDocuments {
  /** The address of a text; `file` gives it its language. */
  put(name: string, file: string, text: string): Uri;
  dispose(): void;
}

/** @param scheme Of their addresses, one for each kind of text. */
export function createPreviewDocuments(scheme: string): PreviewDocuments {
  const texts = new Map<string, string>();
  const changed = new EventEmitter<Uri>();
  const provider: TextDocumentContentProvider = {
    onDidChange: changed.event,
    provideTextDocumentContent: uri => texts.get(uri.toString()) ?? '',
  };
  const all = disposeAll([changed, workspace.registerTextDocumentContentProvider(scheme, provider)]);
  return {
    put(name, file, text) {
      const uri = Uri.from({ scheme, path: `/${name}/${file.split(/[/\\]/).at(-1) ?? 'file'}` });
      texts.set(uri.toString(), text);
      changed.fire(uri);
      return uri;
    },
    dispose: () => all.dispose(),
  };
}
