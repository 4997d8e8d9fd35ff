// Reads what a source file imports, and says which of it crosses a border that DESIGN draws.
import { posix } from 'node:path';

export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  path: string;
  text: string;
}

export interface Import {
  from: string;
  /** A path from the repository's root for our own files, the package or module name for all others. */
  to: string;
  isOwn: boolean;
  /** Gone at run time. */
  isType: boolean;
}

const statements = [
  /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\b(?:import|require)\s*\(\s*['"]([^'"]+)['"]/gm,
];

export function importsOf({ path, text }: SourceFile): Import[] {
  return statements.flatMap(pattern =>
    [...text.matchAll(pattern)].map(([statement, specifier = '']) => {
      const isOwn = specifier.startsWith('.');
      const to = isOwn ? posix.join(posix.dirname(path), specifier) : specifier;
      return { from: path, to, isOwn, isType: /^\s*(?:import|export) type\b/.test(statement) };
    }),
  );
}

export interface Border {
  /** Why it is there, as a sentence. */
  rule: string;
  isCrossedBy(crossing: Import): boolean;
}

const isIn = (path: string, ...folders: string[]): boolean => folders.some(folder => path.startsWith(`${folder}/`));
/** The part of a path below `folder` up to the next slash: the name of a feature, a driver or a panel. */
const nameBelow = (path: string, folder: string): string | undefined =>
  isIn(path, folder) && path.slice(folder.length + 1).includes('/')
    ? path.slice(folder.length + 1).split('/')[0]
    : undefined;
const isPackage = ({ to, isOwn }: Import, name: string): boolean =>
  !isOwn && (to === name || to.startsWith(`${name}/`));
const isNodeModule = ({ to, isOwn }: Import): boolean => !isOwn && to.startsWith('node:');

const mayReach = (folder: string, ...others: string[]): Border => ({
  rule: `${folder}/ imports ${others.length > 0 ? `${others.join('/, ')}/ and ` : ''}itself, and nothing else of ours`,
  isCrossedBy: ({ from, to, isOwn }) => isOwn && isIn(from, folder) && !isIn(to, folder, ...others),
});

const slicesStayApart = (folder: string): Border => ({
  rule: `no folder of ${folder}/ imports another one of it`,
  isCrossedBy: ({ from, to, isOwn }) => {
    const [mine, theirs] = [nameBelow(from, folder), nameBelow(to, folder)];
    return isOwn && mine !== undefined && theirs !== undefined && mine !== theirs;
  },
});

const knowsNot = (folder: string, layers: string[], above: string[]): Border => ({
  rule: `${layers.join(', ')} of ${folder}/ know nothing of ${above.join(', ')}`,
  isCrossedBy: ({ from, to, isOwn }) =>
    isOwn &&
    layers.some(layer => isIn(from, `${folder}/${layer}`)) &&
    above.some(each => to === `${folder}/${each}` || isIn(to, `${folder}/${each}`)),
});

const onlyIn = (name: string, ...places: string[]): Border => ({
  rule: `only ${places.join(', ')} import ${name} for more than its types`,
  isCrossedBy: crossing =>
    isPackage(crossing, name) &&
    !crossing.isType &&
    !isIn(crossing.from, 'test') &&
    !places.some(place => crossing.from === place || isIn(crossing.from, place)),
});

/** Who may start other programs. Everybody else asks one of these. */
const starters = [
  'daemon/engines/run.ts',
  'daemon/platform/port-owner.ts',
  'daemon/engines/process',
  'daemon/supervision',
  'daemon/cli',
  'daemon/start.mjs',
  'daemon/setup.mjs',
  'extension/daemon-link',
];

/** What features may know of engines. */
const ports = ['daemon/engines/engine.ts', 'daemon/engines/docker-engine.ts', 'daemon/engines/bitwarden-account.ts'];

export const borders: Border[] = [
  mayReach('shared'),
  mayReach('extension', 'shared'),
  mayReach('daemon', 'shared'),
  mayReach('webviews', 'shared'),
  {
    rule: 'shared/ imports no package but zod',
    isCrossedBy: crossing => isIn(crossing.from, 'shared') && !crossing.isOwn && !isPackage(crossing, 'zod'),
  },
  {
    rule: 'shared/domain/ knows nothing of shared/api/',
    isCrossedBy: ({ from, to }) => isIn(from, 'shared/domain') && isIn(to, 'shared/api'),
  },
  {
    rule: 'webviews/ runs in a browser: no Node and no editor in it',
    isCrossedBy: crossing =>
      isIn(crossing.from, 'webviews') && (isNodeModule(crossing) || isPackage(crossing, 'vscode')),
  },
  slicesStayApart('daemon/features'),
  slicesStayApart('extension/features'),
  knowsNot(
    'daemon',
    ['http', 'storage', 'engines', 'supervision', 'platform'],
    ['features', 'app.ts', 'compose.ts', 'main.ts'],
  ),
  knowsNot('daemon', ['features'], ['app.ts', 'compose.ts', 'main.ts', 'cli']),
  knowsNot('extension', ['platform', 'daemon-link'], ['features', 'extension.ts']),
  knowsNot('extension', ['features'], ['extension.ts']),
  {
    rule: 'features know engines by the ports engine.ts, docker-engine.ts and bitwarden-account.ts alone',
    isCrossedBy: ({ from, to }) => isIn(from, 'daemon/features') && isIn(to, 'daemon/engines') && !ports.includes(to),
  },
  slicesStayApart('daemon/engines'),
  onlyIn('@vscode/webview-ui-toolkit', 'webviews/kit'),
  onlyIn('vscode', 'extension'),
  onlyIn('better-sqlite3', 'daemon/storage', 'daemon/platform/lock.ts'),
  onlyIn('@npmcli/arborist', 'daemon/engines/process'),
  onlyIn('dockerode', 'daemon/engines/docker/api'),
  onlyIn('node:child_process', ...starters),
  onlyIn('execa', ...starters),
];

/** One sentence for each import that crosses a border. */
export const findCrossings = (files: SourceFile[]): string[] =>
  files
    .flatMap(importsOf)
    .flatMap(each =>
      borders
        .filter(border => border.isCrossedBy(each))
        .map(({ rule }) => `${each.from} imports ${each.to}, but ${rule}.`),
    );
