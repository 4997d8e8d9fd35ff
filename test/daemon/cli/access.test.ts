import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { routes } from '../../../shared/api/routes.ts';
import { type CommandLine, createCommandLine, problemIn } from './command-line.ts';

describe('Commands for users, keys and roles', function () {
  this.timeout(60_000);
  let quayside: CommandLine;
  const password = 'correct horse battery';
  before(async () => {
    quayside = await createCommandLine('access');
  });
  after(() => quayside[Symbol.asyncDispose]());

  it('add a user by a link or by a password from standard input, never from the command line', async () => {
    const { stdout: none } = await quayside.run(['users', 'list']);
    assert.match(none, /no users but you/);
    const ada = await quayside.run(['users', 'add', 'ada', '--role', 'admin', '--password'], {
      stdin: `${password}\n`,
    });
    assert.equal(ada.code, 0, ada.stderr);
    assert.equal(ada.stdout, 'Added ada.\n');
    const { invitation } = routes.createUser.response.parse(
      await quayside.json(['users', 'add', 'bob', '--role', 'viewer', '--role', 'auditor']),
    );
    assert.match(invitation?.url ?? '', /#\/invitation\?ticket=/);
    const { stdout } = await quayside.run(['users', 'list']);
    assert.match(stdout, /^ada +admin +active +no +0/m);
    assert.match(stdout, /^bob +viewer, auditor +invited/m);
    assert.equal(readFileSync(join(quayside.home, 'daemon.log'), 'utf8').includes(password), false);
  });

  it('change, show and remove a user', async () => {
    assert.match((await quayside.run(['users', 'role', 'bob', 'operator'])).stdout, /operator/);
    for (const [word, said] of [
      ['disable', /not let in/],
      ['enable', /let in again/],
      ['sign-out', /have ended/],
      ['reset-factor', /without a second factor/],
      ['invite', /#\/invitation\?ticket=[\s\S]*once/],
      ['show', /^Roles +operator$/m],
      ['remove', /Removed bob/],
    ] as const) {
      const { code, stdout, stderr } = await quayside.run(['users', word, 'bob']);
      assert.equal(code, 0, stderr);
      assert.match(stdout, said);
    }
    const { code, stderr } = await quayside.run(['users', 'show', 'bob']);
    assert.equal(code, 1);
    assert.match(stderr, /no user called "bob"/);
  });

  it('make a key that is printed alone, list it without its value, and revoke it', async () => {
    const { stdout, stderr } = await quayside.run(['keys', 'create', 'cursor', '--agent', '--server', 'github']);
    assert.match(stdout, /^qa_[\w-]{43}\n$/);
    assert.match(stderr, /not shown again/);
    const list = await quayside.run(['keys', 'list']);
    assert.match(list.stdout, /^cursor +agent +qa_\w/m);
    assert.equal(list.stdout.includes(stdout.trim()), false);
    assert.match((await quayside.run(['keys', 'revoke', 'cursor'])).stdout, /Revoked cursor/);
    assert.equal((await quayside.run(['keys', 'revoke', 'cursor'])).code, 1);
    const unclear = await quayside.run(['keys', 'create', 'x']);
    assert.equal(unclear.code, 1);
  });

  it('say why somebody may do something, and what the roles are', async () => {
    const { stdout } = await quayside.run(['access', 'explain', 'ada', 'daemon:manage', '--elsewhere']);
    assert.match(stdout, /^Not allowed\.\n- The role admin has[^\n]*\n- Only the owner/);
    assert.match((await quayside.run(['access', 'explain', 'owner', 'access:token'])).stdout, /^Allowed\./);
    assert.match((await quayside.run(['access', 'roles'])).stdout, /^viewer +Sees/m);
    assert.match((await quayside.run(['access', 'explain', 'ada', 'fly'])).stderr, /no permission "fly"/);
  });

  it('show the problem of the API where it refuses', async () => {
    const again = await quayside.run(['users', 'add', 'ada', '--role', 'viewer', '--json']);
    assert.equal(again.code, 2);
    assert.equal(problemIn(again).code, 'USER_002');
  });
});
