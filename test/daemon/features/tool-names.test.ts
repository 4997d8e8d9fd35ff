import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createKnownTools } from '../../../daemon/features/tools/known-tools.ts';
import { findClashes } from '../../../daemon/features/tools/tool-clashes.ts';
import { createToolNameRepository } from '../../../daemon/features/tools/tool-names.repository.ts';
import { allocateNames, type HeldNames, longNameOf, type ToolId } from '../../../daemon/features/tools/tool-names.ts';
import { createToolRepository } from '../../../daemon/features/tools/tools.repository.ts';
import { openDatabase } from '../../../daemon/storage/database.ts';
import type { WireTool } from '../../../daemon/supervision/session.ts';

const serverId = fc.oneof(
  fc.constantFrom('a', 'b', 'a__b', 'files', 'zzz', `${'x'.repeat(60)}`),
  fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,63}$/),
);
const toolName = fc.oneof(
  fc.constantFrom('echo', 'write', 'b__c', 'c', 'files__write', 'a__b__c', 'a.b', 'a_b', 'x'.repeat(128)),
  fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_./-]{0,127}$/),
);
const server = fc.record({ serverId, tools: fc.uniqueArray(toolName, { minLength: 1, maxLength: 6 }) });
const servers = fc.uniqueArray(server, { selector: each => each.serverId, minLength: 1, maxLength: 6 });
const idsOf = (list: { serverId: string; tools: string[] }[]): ToolId[] =>
  list.flatMap(({ serverId: id, tools }) => tools.map(tool => ({ serverId: id, tool })));
const none: ReadonlyMap<string, ToolId> = new Map();

describe('the names of tools at the gateway', () => {
  it('are one for each tool, fit every client, and never change while servers come and go', () => {
    fc.assert(
      fc.property(servers, fc.array(fc.nat(), { maxLength: 12 }), (all, acts) => {
        const held: HeldNames = new Map();
        const installed = new Set<number>();
        for (const act of acts) {
          const at = act % all.length;
          const before = new Map([...held].map(([name, id]) => [`${id.serverId} ${id.tool}`, name]));
          if (installed.delete(at)) {
            for (const [name, id] of held) if (id.serverId === all[at]?.serverId) held.delete(name);
          } else installed.add(at);
          const known = idsOf(all.filter((_, index) => installed.has(index)));
          allocateNames(held, known, none);
          assert.equal(held.size, known.length);
          assert.equal(new Set([...held.values()].map(id => `${id.serverId} ${id.tool}`)).size, known.length);
          for (const [name, id] of held) {
            assert.match(name, /^[a-zA-Z0-9_-]{1,64}$/);
            const was = before.get(`${id.serverId} ${id.tool}`);
            if (was !== undefined) assert.equal(name, was);
          }
        }
      }),
    );
  });

  it('are the own ones where nobody else has one of them, and long ones for those who came later', () => {
    const held: HeldNames = new Map();
    allocateNames(held, [{ serverId: 'one', tool: 'echo' }], none);
    allocateNames(
      held,
      [
        { serverId: 'a', tool: 'echo' },
        { serverId: 'one', tool: 'echo' },
      ],
      none,
    );
    assert.deepEqual(
      [...held],
      [
        ['echo', { serverId: 'one', tool: 'echo' }],
        ['a__echo', { serverId: 'a', tool: 'echo' }],
      ],
    );
  });

  it('cannot be taken from another server by a tool that is called like its long name, whoever came first', () => {
    fc.assert(
      fc.property(serverId, toolName, serverId, fc.boolean(), (victim, tool, taker, takerFirst) => {
        fc.pre(victim !== taker);
        const target = { serverId: victim, tool };
        const thief = { serverId: taker, tool: longNameOf(target) };
        fc.pre(longNameOf(thief) !== longNameOf(target));
        const held: HeldNames = new Map();
        const other = { serverId: 'other', tool };
        if (victim !== 'other' && taker !== 'other') allocateNames(held, [other], none);
        if (takerFirst && longNameOf(target).includes('__')) allocateNames(held, [thief, other], none);
        allocateNames(held, [target, thief, other], none);
        const holder = held.get(longNameOf(target));
        assert.notDeepEqual(holder, thief);
      }),
    );
  });

  it('do not grow without end when a server tells other tools each time', () => {
    const held: HeldNames = new Map();
    for (let round = 0; round < 60; round += 1) {
      const known = Array.from({ length: 20 }, (_, index) => ({ serverId: 'one', tool: `t${round}-${index}` }));
      allocateNames(held, known, none);
    }
    assert.ok(held.size <= 540, String(held.size));
  });
});

const tool = (name: string, more = {}): WireTool => ({
  name,
  description: `does ${name}`,
  inputSchema: { type: 'object' },
  ...more,
});

describe('the tools that are known', () => {
  const open = () => {
    const database = openDatabase(':memory:');
    const insert = database.prepare(`
      insert into servers (id, title, description, engine, source, enabled, created_at, updated_at)
      values (?, 'x', '', 'process', '{}', 0, '', '')`);
    const stored = createToolRepository(database);
    const names = createToolNameRepository(database);
    const disabled = new Set<string>();
    const quarantined = new Set<string>();
    const create = () =>
      createKnownTools({
        stored: stored.all,
        serverIds: stored.serverIds,
        defined: () => [],
        settings: id => ({
          disabledTools: [...disabled].flatMap(each => (each.startsWith(`${id}/`) ? [each.slice(id.length + 1)] : [])),
          limits: { callSeconds: 9 },
        }),
        isQuarantined: (id, name) => quarantined.has(`${id}/${name}`),
        names,
      });
    return {
      database,
      install: (id: string, ...tools: WireTool[]) => {
        insert.run(id);
        stored.replace(id, tools);
      },
      stored,
      names,
      disabled,
      quarantined,
      create,
    };
  };

  it('keep their names over a restart, an install in between, and the removal of another', () => {
    const { install, create, database } = open();
    install('two', tool('echo'));
    assert.deepEqual(
      create()
        .exposed()
        .map(({ name }) => name),
      ['echo'],
    );
    install('one', tool('echo'));
    const named = () =>
      create()
        .exposed()
        .map(each => [each.serverId, each.name]);
    assert.deepEqual(named(), [
      ['one', 'one__echo'],
      ['two', 'echo'],
    ]);
    database.prepare("delete from servers where id = 'two'").run();
    assert.deepEqual(named(), [['one', 'one__echo']]);
    install('three', tool('echo'));
    assert.deepEqual(named(), [
      ['one', 'one__echo'],
      ['three', 'echo'],
    ]);
    database.close();
  });

  it('are the same objects in the same list until something changes', () => {
    const { install, create, disabled, quarantined, names, database } = open();
    install('one', tool('echo'), tool('add'));
    const known = create();
    const first = known.exposed();
    known.invalidate();
    assert.equal(known.exposed(), first);
    disabled.add('one/add');
    known.invalidate();
    const second = known.exposed();
    assert.deepEqual(
      second.map(each => each.tool),
      ['echo'],
    );
    assert.equal(second[0], first[0]);
    quarantined.add('one/echo');
    known.invalidate();
    assert.deepEqual(known.exposed(), []);
    quarantined.clear();
    names.saveOverride({ serverId: 'one', tool: 'echo' }, { name: 'say', title: 'Say', description: null });
    known.invalidate();
    const [renamed] = known.exposed();
    assert.deepEqual(
      [renamed?.name, renamed?.nameAlone, renamed?.definition.title, renamed?.definition.description],
      ['say', 'say', 'Say', 'does echo'],
    );
    known.invalidate();
    assert.equal(known.exposed()[0], renamed);
    database.close();
  });

  it('are found by their name and by the long one', () => {
    const { install, create, database } = open();
    install('one', tool('echo'));
    install('two', tool('echo'), tool('one__echo'));
    const known = create();
    assert.equal(known.named('echo')?.serverId, 'one');
    assert.equal(known.named('one__echo')?.serverId, 'one');
    assert.equal(known.named('two__echo')?.serverId, 'two');
    assert.equal(known.named('two__one__echo')?.tool, 'one__echo');
    assert.equal(known.named('nothing'), undefined);
    database.close();
  });

  it('have no two of one name where their server is alone, also if one was renamed to another’s', () => {
    const { install, create, names, database } = open();
    install('one', tool('echo'));
    names.saveOverride({ serverId: 'one', tool: 'echo' }, { name: 'say', title: null, description: null });
    const { stored } = { stored: createToolRepository(database) };
    stored.replace('one', [tool('echo'), tool('say')]);
    assert.deepEqual(
      create()
        .exposed()
        .map(each => [each.tool, each.name, each.nameAlone]),
      [
        ['echo', 'say', 'say'],
        ['say', 'one__say', 'one__say'],
      ],
    );
    database.close();
  });

  it('show what clashes with fixes that each end it', () => {
    const { install, create, names, disabled, database } = open();
    install('one', tool('echo'));
    install('two', tool('echo'));
    const known = create();
    const clashes = () => {
      known.invalidate();
      return findClashes({ known: known.all(), planned: [], holderOf: known.holderOf, kept: new Map() });
    };
    const [clash] = clashes();
    assert.deepEqual([clash?.name, clash?.open, clash?.answer], ['echo', true, 'prefixed']);
    assert.deepEqual(
      clash?.tools.map(each => [each.gatewayName, each.fixes.map(({ kind }) => kind)]),
      [
        ['echo', ['prefix', 'hide', 'rename']],
        ['two__echo', ['hide', 'rename']],
      ],
    );
    for (const fix of clash?.tools.flatMap(({ fixes }) => fixes) ?? []) {
      if (fix.change.enabled === false) disabled.add(`${fix.serverId}/${fix.tool}`);
      else names.saveOverride(fix, { name: fix.change.name ?? null, title: null, description: null });
      const [ended] = clashes();
      const answers = { prefix: 'prefixed', hide: 'hidden', rename: 'renamed' };
      assert.deepEqual([ended?.open, ended?.answer], [false, answers[fix.kind]], fix.kind);
      assert.equal(
        ended?.tools.find(({ tool: name, serverId: id }) => name === fix.tool && id === fix.serverId)?.answer,
        answers[fix.kind],
      );
      disabled.clear();
      names.saveOverride(fix, { name: null, title: null, description: null });
    }
    database.close();
  });

  it('show what would clash if a server were installed', () => {
    const { install, create, database } = open();
    install('one', tool('echo'));
    const known = create();
    const planned = [
      { serverId: 'new', tool: 'echo' },
      { serverId: 'new', tool: 'other' },
    ];
    const found = findClashes({ known: known.all(), planned, holderOf: known.holderOf, kept: new Map() });
    assert.deepEqual(
      found.map(({ name, tools }) => [name, tools.map(each => [each.serverId, each.gatewayName, each.installed])]),
      [
        [
          'echo',
          [
            ['one', 'echo', true],
            ['new', 'new__echo', false],
          ],
        ],
      ],
    );
    database.close();
  });
});
