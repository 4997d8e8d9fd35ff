import assert from 'node:assert/strict';
import { formatLogLine } from '../../../extension/features/daemon/log-line.ts';

describe('a line of the daemon’s log', () => {
  it('is read with its level and its facts', () => {
    const line = '{"level":40,"time":"2026-01-02T03:04:05.000Z","server":"some","tries":2,"msg":"it ended"}';
    assert.deepEqual(formatLogLine(line), { level: 'warn', text: 'it ended server=some tries=2' });
  });
  it('is told apart by level', () => {
    const levels = [10, 20, 30, 40, 50, 60].map(level => formatLogLine(JSON.stringify({ level, msg: 'x' }))?.level);
    assert.deepEqual(levels, ['trace', 'debug', 'info', 'warn', 'error', 'error']);
  });
  it('is passed over if it is none', () => {
    for (const line of ['', 'text', '{"msg":"x"}', '[]', '{"level":30']) assert.equal(formatLogLine(line), undefined);
  });
});
