import assert from 'node:assert/strict';
import { Command } from 'commander';
import type { Act } from '../../../daemon/cli/command-context.ts';
import { addAuditCommands } from '../../../daemon/cli/commands/audit.commands.ts';
import { addCallHistoryCommands } from '../../../daemon/cli/commands/calls.commands.ts';

describe('options of a command within a group', () => {
  /** The name of the handler that was called, and the options that it got. */
  const parse = async (...args: string[]) => {
    const called: [string, unknown][] = [];
    const act = (handler => async (options: unknown) => void called.push([handler.name, options])) as Act;
    const program = new Command('quayside').exitOverride();
    addAuditCommands(program, act);
    addCallHistoryCommands(program, act);
    await program.parseAsync(args, { from: 'user' });
    return called[0];
  };

  it('reach it and not its group', async () => {
    assert.deepEqual(await parse('audit', 'export', '--outcome', 'denied'), [
      'exportAudit',
      { format: 'jsonl', outcome: 'denied' },
    ]);
    assert.deepEqual(await parse('audit', '--outcome', 'denied'), ['listAudit', { limit: 20, outcome: 'denied' }]);
    assert.deepEqual(await parse('calls', 'export', '--server', 'one'), [
      'exportCalls',
      { format: 'jsonl', server: 'one' },
    ]);
    assert.deepEqual(await parse('calls', '--server', 'one'), ['listCalls', { limit: 20, server: 'one' }]);
    assert.deepEqual(await parse('calls', 'clear', '--values', '--yes'), ['clearCalls', { values: true, yes: true }]);
  });
});
