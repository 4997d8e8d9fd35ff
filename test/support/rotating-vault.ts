// A process that rotates a vault’s key and kills itself at the given call into storage or audit: node rotating-vault.ts FILE KEYFILE CALL
import { createAuditRepository } from '../../daemon/features/audit/audit.repository.ts';
import { createRotation } from '../../daemon/features/secrets/rotation.ts';
import { createSecretRepository } from '../../daemon/features/secrets/secrets.repository.ts';
import { createVaultRepository } from '../../daemon/features/secrets/vault.repository.ts';
import { createVault } from '../../daemon/features/secrets/vault.ts';
import { systemClock } from '../../daemon/platform/clock.ts';
import { openDatabase } from '../../daemon/storage/database.ts';

const [file = '', generatedFile = '', killAt = '0'] = process.argv.slice(2);
let calls = 0;

/** The same object; each call of its functions counts, before and after. The fatal one never returns. */
const counting = <T extends object>(inner: T): T =>
  new Proxy(inner, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        count();
        const result: unknown = Reflect.apply(member, target, args);
        count();
        return result;
      };
    },
  });

function count(): void {
  calls += 1;
  if (calls === Number(killAt)) process.kill(process.pid, 'SIGKILL');
}

const database = openDatabase(file);
const repository = counting(createSecretRepository(database));
const places = { file: undefined, mountedFile: '/nowhere', environment: undefined, generatedFile };
const vault = createVault({ repository: counting(createVaultRepository(database)), places, clock: systemClock });
const rotation = createRotation({
  vault,
  repository,
  unseal: vault.unseal,
  audit: counting(createAuditRepository(database, systemClock)),
  onStep: count,
  onFailure: error => {
    throw error;
  },
});
rotation.begin();
await rotation.settled();
process.stdout.write(String(calls));
