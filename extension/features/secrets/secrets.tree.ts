import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { views } from '../../platform/contributions.ts';
import { createFlatTree } from '../../platform/flat-tree.ts';
import { readSecrets } from './secrets.mirror.ts';
import { type SecretsRow, secretsRows, toSecretNode } from './secrets.nodes.ts';

const redrawsFor: ReadonlySet<string> = new Set([
  'secret.changed',
  'secret.removed',
  'vault.changed',
  'bitwarden.changed',
]);

export type SecretsTree = ReturnType<typeof createSecretsTree>;

/** The names of secrets, never their values, with the state of what holds them. */
export const createSecretsTree = (link: DaemonLink, mirror: Mirror) =>
  createFlatTree<SecretsRow>({
    view: views.secrets,
    isReadable: () => link.state.kind === 'connected',
    async read() {
      const { vault, secrets, usedBy, bitwarden } = await readSecrets(link);
      return secretsRows(vault, secrets, usedBy, bitwarden);
    },
    toNode: toSecretNode,
    subscribe: redraw => [
      link.onEvent(({ type }) => {
        if (redrawsFor.has(type)) redraw();
      }),
      // A server's references may have changed with it.
      mirror.onDidChange(what => {
        if (what.has('servers')) redraw();
      }),
      link.onDidChangeState(redraw),
    ],
  });
