import type { Handlers } from '../../http/context.ts';
import type { SecretService } from './secrets.service.ts';
import type { VaultService } from './vault.service.ts';

type SecretOperations =
  | 'listSecrets'
  | 'createSecret'
  | 'getSecret'
  | 'replaceSecretValue'
  | 'deleteSecret'
  | 'listSecretUses'
  | 'getVault'
  | 'unlockVault'
  | 'changeMasterKey'
  | 'rotateVaultKey'
  | 'scheduleRotation'
  | 'exportSecrets'
  | 'importSecrets';

export const secretHandlers = (secrets: SecretService, vault: VaultService): Pick<Handlers, SecretOperations> => ({
  listSecrets: ({ query }) => secrets.list(query),
  createSecret: ({ body }) => secrets.create(body),
  getSecret: ({ params }) => secrets.get(params.id),
  replaceSecretValue: ({ params, body }) => secrets.replaceValue(params.id, body.value),
  deleteSecret: ({ params, query }) => {
    secrets.remove(params.id, query.force);
    return {};
  },
  listSecretUses: ({ params, query }) => secrets.uses(params.id, query),
  getVault: () => vault.status(),
  unlockVault: ({ body }) => vault.unlock(body),
  changeMasterKey: ({ body }) => vault.changeMaster(body),
  rotateVaultKey: () => vault.rotate(),
  scheduleRotation: ({ body }) => vault.scheduleRotation(body.everyDays),
  exportSecrets: ({ body }) => vault.exportAll(body.passphrase),
  importSecrets: async ({ body }, { recordChange }) => {
    const plan = await vault.importAll(body);
    const named = (act: string) => plan.items.filter(each => each.act === act).map(({ name }) => name);
    if (plan.applied) recordChange(null, { shown: { created: named('create'), replaced: named('replace') } });
    return plan;
  },
});
