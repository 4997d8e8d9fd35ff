import assert from 'node:assert/strict';
import { createPasswords, fromPhc } from '../../../../daemon/features/access/passwords.ts';
import { argon2id } from '../../../../daemon/features/secrets/key-derivation.ts';

const cheap = { memoryKiB: 1_024, iterations: 1, parallelism: 1 };

describe('passwords', () => {
  it('are stored as PHC strings that say how they were made', async () => {
    const stored = await createPasswords(argon2id).hash('correct horse battery');
    assert.match(stored, /^\$argon2id\$v=19\$m=65536,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    assert.equal(await createPasswords(argon2id).check('correct horse battery', stored), 'right');
    assert.equal(await createPasswords(argon2id).check('correct horse batterz', stored), 'wrong');
  });

  it('fit what another implementation of Argon2id has made', async () => {
    // The reference implementation's own test, with its parameters: "password" under "somesalt".
    const stored = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    assert.equal(await createPasswords(argon2id, { ...cheap, iterations: 1 }).check('password', stored), 'right');
  });

  it('are the same however a keyboard composes their letters', async () => {
    const passwords = createPasswords(argon2id, cheap);
    assert.equal(await passwords.check('cafe\u0301 au lait', await passwords.hash('caf\u00e9 au lait')), 'right');
  });

  it('are to be hashed anew when the costs have risen', async () => {
    const stored = await createPasswords(argon2id, cheap).hash('correct horse battery');
    const today = createPasswords(argon2id, { ...cheap, iterations: 2 });
    assert.equal(await today.check('correct horse battery', stored), 'outdated');
    assert.equal(await today.check('wrong', stored), 'wrong');
  });

  it('cost as much for a name that nobody has', async () => {
    let made = 0;
    const counting = createPasswords((...args) => {
      made += args[2].memoryKiB * args[2].iterations;
      return argon2id(...args);
    }, cheap);
    const stored = await counting.hash('x');
    made = 0;
    assert.equal(await counting.check('x', stored), 'right');
    const real = made;
    assert.equal(await counting.check('x', null), 'wrong');
    assert.equal(made, real * 2);
  });

  it('fit nothing that is no PHC string of ours', async () => {
    for (const stored of [
      '',
      'x',
      '$argon2i$v=19$m=1024,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
    ]) {
      assert.equal(fromPhc(stored), undefined);
      assert.equal(await createPasswords(argon2id, cheap).check('password', stored), 'wrong');
    }
  });

  it('are checked some at a time, and not without end', async () => {
    const passwords = createPasswords(argon2id, cheap);
    const answers = await Promise.allSettled(Array.from({ length: 40 }, () => passwords.check('x', null)));
    assert.ok(answers.some(({ status }) => status === 'rejected'));
    assert.ok(answers.filter(({ status }) => status === 'fulfilled').length >= 16);
  });
});
