// What Quayside relies on in the plugin's own commands. A plugin that differs is found here, and not in the middle of a journey.
import assert from 'node:assert/strict';
import type { Report } from './report.ts';
import type { CommandResult, DockerHome } from './requirements.ts';

const help = "Docker MCP Toolkit's CLI";

const succeeded = ({ exitCode, stdout, stderr }: CommandResult) => {
  assert.equal(exitCode, 0, stderr);
  return stdout;
};

/** Checks the texts, exit codes and shapes that the driver reads. */
export async function checkPlugin(report: Report, home: DockerHome): Promise<void> {
  await report.check('the help tells the dialect', async () => {
    const text = succeeded(await home.docker('mcp', '--help'));
    assert.ok(text.startsWith(help), text.slice(0, 200));
    assert.equal(/^ {2}profile /m.test(text), home.dialect === 'profile');
  });
  await report.check('an unknown command gives help and exit code 0', async () =>
    assert.ok(succeeded(await home.docker('mcp', 'quayside-no-such-command')).startsWith(help)),
  );
  await report.check('an unknown flag gives exit code 125', async () => {
    const { exitCode, stderr } = await home.docker('mcp', 'client', 'ls', '--quayside-no-such-flag');
    assert.equal(exitCode, 125);
    assert.match(stderr, /unknown flag: --quayside-no-such-flag/);
  });
  await report.check('gateway run has the flags that are used', async () => {
    const text = succeeded(await home.docker('mcp', 'gateway', 'run', '--help'));
    for (const flag of ['catalog', 'registry', 'config', 'tools-config', 'secrets', 'long-lived', 'transport', 'port'])
      assert.match(text, new RegExp(`^ +--${flag} `, 'm'));
    assert.equal(/^ +--profile /m.test(text), home.dialect === 'profile');
  });
  if (home.dialect === 'profile') await checkProfileDialect(report, home);
  else await checkLegacyDialect(report, home);
}

async function checkProfileDialect(report: Report, { docker }: DockerHome): Promise<void> {
  await report.check('lists of a fresh home are empty JSON', async () => {
    assert.deepEqual(JSON.parse(succeeded(await docker('mcp', 'profile', 'list', '--format', 'json'))), []);
    assert.deepEqual(JSON.parse(succeeded(await docker('mcp', 'catalog', 'list', '--format', 'json'))), []);
  });
  await report.check('a profile that is not there is told by name', async () => {
    const { exitCode, stderr } = await docker('mcp', 'profile', 'show', 'quayside_none', '--format', 'json');
    assert.equal(exitCode, 1);
    assert.match(stderr, /profile quayside_none not found/);
  });
  await report.check('a profile is made, shown and removed', async () => {
    succeeded(await docker('mcp', 'profile', 'create', '--name', 'Quayside Probe'));
    const shown = JSON.parse(succeeded(await docker('mcp', 'profile', 'show', 'quayside_probe', '--format', 'json')));
    assert.deepEqual([shown.id, shown.name, shown.servers], ['quayside_probe', 'Quayside Probe', []]);
    succeeded(await docker('mcp', 'profile', 'remove', 'quayside_probe'));
  });
}

async function checkLegacyDialect(report: Report, { docker }: DockerHome): Promise<void> {
  await report.check('an empty list of servers is null, without a newline', async () =>
    assert.equal(succeeded(await docker('mcp', 'server', 'ls', '--json')), 'null'),
  );
  await report.check('the configuration is read back as it was written', async () => {
    const text = 'quayside-probe:\n  key: value\n';
    succeeded(await docker('mcp', 'config', 'write', text));
    assert.equal(succeeded(await docker('mcp', 'config', 'read')).trim(), text.trim());
    succeeded(await docker('mcp', 'config', 'reset'));
  });
}
