import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as contributions from '../../../extension/platform/contributions.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { contributes } = manifest;
const sorted = (values: Iterable<string>) => [...values].sort();

/** Everything in the manifest that names a command: menus, keys, welcome texts and walkthroughs. */
function usedCommands(): string[] {
  const menus = Object.values(contributes.menus as Record<string, { command: string }[]>).flat();
  const texts = JSON.stringify([contributes.viewsWelcome, contributes.walkthroughs]);
  const linked = [...texts.matchAll(/command:(quayside\.\w+)(?!\.focus)\b(?!\.)/g)].map(match => match[1] ?? '');
  const completing = [...texts.matchAll(/onCommand:(quayside\.\w+)/g)].map(match => match[1] ?? '');
  return [...menus, ...contributes.keybindings]
    .map(({ command }: { command: string }) => command)
    .concat(linked, completing);
}

describe('the manifest and the table of contributed ids', () => {
  const same: [what: string, manifest: string[], table: string[]][] = [
    [
      'commands',
      contributes.commands.map((each: { command: string }) => each.command),
      Object.values(contributions.commands),
    ],
    [
      'views',
      contributes.views[contributions.viewContainer].map((each: { id: string }) => each.id),
      Object.values(contributions.views),
    ],
    [
      'view containers',
      contributes.viewsContainers.activitybar.map((each: { id: string }) => each.id),
      [contributions.viewContainer],
    ],
    ['settings', Object.keys(contributes.configuration.properties), Object.values(contributions.settings)],
    [
      'providers of server definitions',
      contributes.mcpServerDefinitionProviders.map((each: { id: string }) => each.id),
      [contributions.mcpServerDefinitionProvider],
    ],
    ['walkthroughs', contributes.walkthroughs.map((each: { id: string }) => each.id), [contributions.walkthrough]],
    [
      'steps of the walkthrough',
      contributes.walkthroughs[0].steps.map((each: { id: string }) => each.id),
      Object.values(contributions.walkthroughSteps),
    ],
    [
      'panels that wake the extension',
      manifest.activationEvents.flatMap((each: string) => /^onWebviewPanel:(.+)$/.exec(each)?.[1] ?? []),
      Object.values(contributions.panels),
    ],
  ];
  for (const [what, inManifest, inTable] of same) {
    it(`have the same ${what}`, () => assert.deepEqual(sorted(inManifest), sorted(inTable)));
  }

  it('use no command in menus, keys and texts that is not contributed', () => {
    const known = new Set<string>(Object.values(contributions.commands));
    const used = usedCommands();
    assert.ok(used.length > 40);
    assert.deepEqual(
      used.filter(command => !known.has(command)),
      [],
    );
  });

  it('use no context key that is not in the table', () => {
    const known = new Set<string>([...Object.values(contributions.contextKeys), ...Object.values(contributions.views)]);
    const clauses = JSON.stringify([contributes.menus, contributes.viewsWelcome, contributes.keybindings]);
    const whens = [...clauses.matchAll(/"when":"((?:[^"\\]|\\.)*)"/g)].map(match => match[1] ?? '').join(' ');
    const keys = [...whens.matchAll(/quayside\.\w+/g)].map(([key]) => key);
    assert.ok(keys.length > 20);
    assert.deepEqual(
      keys.filter(key => !known.has(key)),
      [],
    );
  });

  it('give every command its category, and no title says it twice', () => {
    for (const { command, category, title } of contributes.commands) {
      assert.equal(category, 'Quayside', command);
      assert.ok(!/quayside/i.test(title), title);
    }
  });

  it('name files that are there', () => {
    const files = [...JSON.stringify(manifest).matchAll(/extension\/media\/[\w./-]+/g)].map(([file]) => file);
    assert.ok(files.length >= 6);
    assert.deepEqual(
      files.filter(file => !existsSync(join(root, file))),
      [],
    );
  });

  it('keep every setting that decides what runs out of a folder’s reach', () => {
    const daemonSettings = Object.entries(
      contributes.configuration.properties as Record<string, { scope: string }>,
    ).filter(([id]) => id.startsWith('quayside.daemon.'));
    assert.equal(daemonSettings.length, 3);
    for (const [id, { scope }] of daemonSettings) assert.equal(scope, 'machine', id);
  });
});
