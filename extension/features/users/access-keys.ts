// What the policy lets this editor do about people, as keys for menus. They decide what is shown; the daemon decides what is done.
import { commands as editor } from 'vscode';
import type { Permission } from '../../../shared/api/route.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { disposeAll } from '../../platform/commands.ts';
import { contextKeys } from '../../platform/contributions.ts';

const permissionOf: Record<'maySeeAccess' | 'mayManageAccess' | 'mayReadAudit', Permission> = {
  maySeeAccess: 'access:list',
  mayManageAccess: 'access:manage',
  mayReadAudit: 'audit:read',
};

export function followAccessKeys(link: DaemonLink, log: (message: string) => void) {
  const show = (permissions: readonly Permission[]) => {
    for (const [key, permission] of Object.entries(permissionOf)) {
      const id = contextKeys[key as keyof typeof permissionOf];
      void editor.executeCommand('setContext', id, permissions.includes(permission));
    }
  };
  const update = async () => {
    show(link.state.kind === 'connected' ? (await link.api.getSession()).permissions : []);
  };
  const changed = () =>
    void update().catch(error =>
      log(`What this editor may do is not known: ${error instanceof Error ? error.message : 'no answer'}`),
    );
  changed();
  return disposeAll([link.onDidChangeState(changed)]);
}
