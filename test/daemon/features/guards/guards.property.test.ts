// Whatever happens in whatever order: nothing passes that nobody approved.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digestOf } from '../../../../daemon/platform/canonical.ts';
import type { WireTool } from '../../../../daemon/supervision/session.ts';
import { buildCall, buildWireTool, createGuardsApp, type GuardsApp } from '../../../support/guards-app.ts';

const names = fc.constantFrom('a', 'b', 'c', 'd');
const tool = fc.record({
  name: names,
  description: fc.constantFrom('One.', 'Two.', 'Three.'),
  title: fc.constantFrom('x', 'y'),
});
const list = fc.uniqueArray(tool, { selector: ({ name }) => name, maxLength: 4 });

type LockStep =
  | { act: 'list'; tools: { name: string; description: string; title: string }[] }
  | { act: 'approve-all' | 'approve-old' | 'reject-all' | 'restart' }
  | { act: 'approve'; name: string };

const lockStep: fc.Arbitrary<LockStep> = fc.oneof(
  { weight: 5, arbitrary: list.map(tools => ({ act: 'list' as const, tools })) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('approve-all', 'approve-old', 'reject-all', 'restart').map(act => ({ act })),
  },
  { weight: 2, arbitrary: names.map(name => ({ act: 'approve' as const, name })) },
);

describe('the lock, whatever a server and a person do', () => {
  const files = { params: { id: 'files' } };

  it('offers only definitions that were in the first list or that somebody approved', async () => {
    await fc.assert(
      fc.asyncProperty(list, fc.array(lockStep, { minLength: 4, maxLength: 12 }), async (first, steps) => {
        using app = createGuardsApp();
        app.addServer('files');
        const toWire = (tools: { name: string; description: string; title: string }[]): WireTool[] =>
          tools.map(({ name, ...rest }) => buildWireTool(name, rest));
        const keyOf = (sent: WireTool) => `${sent.name} ${digestOf(sent)}`;
        let offered = toWire(first);
        let shown = '';
        const approved = new Set(offered.map(keyOf));
        app.list('files', offered);
        for (const step of steps) {
          const lock = await app.api.getLock(files);
          if (step.act === 'list') {
            shown = lock.digest ?? '';
            offered = toWire(step.tools);
            app.list('files', offered);
          } else if (step.act === 'restart') app.restart();
          else if (step.act === 'approve') {
            const item = lock.items.find(({ name }) => name === step.name);
            if (!item) continue;
            const tools = [{ name: item.name, digest: item.digest }];
            await app.api.approveLock({ ...files, body: { tools } });
            for (const sent of offered) if (sent.name === item.name) approved.add(keyOf(sent));
          } else {
            const digest = step.act === 'approve-old' ? shown : (lock.digest ?? '');
            const api = step.act === 'reject-all' ? app.api.rejectLock : app.api.approveLock;
            const passed = await api({ ...files, body: { digest } }).then(
              () => true,
              () => false,
            );
            assert.equal(passed, digest === lock.digest);
            if (passed && step.act !== 'reject-all')
              for (const sent of offered) {
                const item = lock.items.find(({ name }) => name === sent.name);
                if (!item?.rejected) approved.add(keyOf(sent));
              }
          }
          for (const sent of offered)
            if (!app.guards.isQuarantined('files', sent.name)) assert.ok(approved.has(keyOf(sent)), keyOf(sent));
        }
      }),
      { numRuns: 25 },
    );
  });
});

type CallStep =
  | { act: 'grant'; path: string; caller: string }
  | { act: 'call'; path: string; caller: string }
  | { act: 'approve' | 'approve-wrongly' | 'deny' | 'withdraw'; at: number }
  | { act: 'time' };

const callStep: fc.Arbitrary<CallStep> = fc.oneof(
  fc.record({
    act: fc.constantFrom('grant' as const, 'call' as const, 'call' as const),
    path: fc.constantFrom('/x', '/x', '/y'),
    caller: fc.constantFrom('key-1', 'key-1', 'key-1', 'key-2'),
  }),
  fc.record({
    act: fc.constantFrom('approve' as const, 'approve-wrongly' as const, 'deny' as const, 'withdraw' as const),
    at: fc.nat(5),
  }),
  fc.constant({ act: 'time' as const }),
);

describe('approvals, whatever callers and persons do', () => {
  interface Made {
    id: string;
    key: string;
    digest: string;
    gone: AbortController;
    passed: boolean;
  }
  const call = async (app: GuardsApp, path: string, callerId: string): Promise<Made> => {
    const gone = new AbortController();
    const caller = { ...buildCall().caller, id: callerId };
    const asked = buildCall({ arguments: { path }, caller, signal: gone.signal });
    const made: Made = { id: asked.id, key: `${path} ${callerId}`, digest: '', gone, passed: false };
    void Promise.resolve(app.guards.admit(asked)).then(
      () => {
        made.passed = true;
      },
      () => {},
    );
    const found = await app.api.getApproval({ params: { id: asked.id } }).catch(() => undefined);
    return {
      ...made,
      digest: found?.digest ?? '',
      get passed() {
        return made.passed;
      },
    };
  };

  it('let no more calls pass than were approved, and each only for its arguments and caller', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(callStep, { minLength: 10, maxLength: 25 }), async steps => {
        using app = createGuardsApp();
        app.addServer('files');
        app.list('files', [buildWireTool('delete')]);
        await app.api.replaceApprovalRules({ body: { version: 0, preset: 'ask-destructive' } });
        const given = new Map<string, number>();
        const give = (key: string) => given.set(key, (given.get(key) ?? 0) + 1);
        const calls: Made[] = [];
        for (const step of steps) {
          if (step.act === 'grant') {
            const { path, caller } = step;
            const body = { serverId: 'files', tool: 'delete', arguments: { path }, callerId: caller };
            await app.api.createGrant({ body });
            give(`${path} ${caller}`);
          } else if (step.act === 'call') calls.push(await call(app, step.path, step.caller));
          else if (step.act === 'time') {
            app.clock.time += 700_000;
            app.runTimers();
          } else {
            // Mostly the latest: they still wait.
            const made = calls.at(-1 - (step.at % Math.max(1, calls.length)));
            if (!made) continue;
            const params = { id: made.id };
            if (step.act === 'withdraw') made.gone.abort();
            else if (step.act === 'deny') await app.api.denyCall({ params, body: {} }).catch(() => {});
            else {
              const other = calls.find(({ digest, key }) => digest !== '' && key !== made.key)?.digest;
              const digest = step.act === 'approve' ? made.digest : other;
              if (!digest) continue;
              const done = await app.api.approveCall({ params, body: { digest } }).then(
                () => true,
                () => false,
              );
              if (step.act === 'approve-wrongly') assert.equal(done, false);
              if (done) give(made.key);
            }
          }
          await new Promise(resolve => setImmediate(resolve));
          for (const [key, made] of Map.groupBy(calls, each => each.key))
            assert.ok(made.filter(({ passed }) => passed).length <= (given.get(key) ?? 0), key);
        }
        app.guards.close();
      }),
      { numRuns: 25 },
    );
  });
});
