import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { cleanLine, createOutput } from '../../../daemon/supervision/output.ts';
import { createRedactor, type Redactor } from '../../../daemon/supervision/redact.ts';
import { limits } from '../../../shared/domain/limits.ts';

const make = (redact: Redactor = line => line) => {
  const batches: string[][] = [];
  const output = createOutput({ onBatch: lines => batches.push(lines), batchMilliseconds: 20, redact });
  return { output, batches };
};

describe('output', () => {
  it('is told in batches', async () => {
    const { output, batches } = make();
    output.add('one');
    output.add('two');
    assert.deepEqual(output.lines(), ['one', 'two']);
    assert.deepEqual(batches, []);
    await wait(40);
    assert.deepEqual(batches, [['one', 'two']]);
  });

  it('keeps the last lines only', () => {
    const { output } = make();
    for (let i = 0; i < limits.outputLines * 3; i++) {
      output.add(String(i));
      if (i % 50 === 0) output.flush();
    }
    output.flush();
    assert.equal(output.lines().length, limits.outputLines);
    assert.equal(output.lines().at(-1), String(limits.outputLines * 3 - 1));
  });

  it('counts what comes too fast and says so', () => {
    const { output, batches } = make();
    for (let i = 0; i < limits.outputLines + 1_000; i++) output.add('flood');
    output.flush();
    assert.equal(batches[0]?.length, limits.outputLines + 1);
    assert.equal(batches[0]?.at(-1), '… 1000 more lines came too fast and were left out');
  });

  it('cuts a line without ever holding all of it', () => {
    const { output } = make();
    const reader = output.reader();
    for (let i = 0; i < 100; i++) reader.push(Buffer.alloc(100_000, 'x'));
    reader.push(Buffer.from('\nshort\n'));
    const [long = '', short] = output.lines();
    assert.ok(long.length <= limits.outputLine);
    assert.equal(short, 'short');
  });

  it('leaves out colours and control characters', () => {
    assert.equal(cleanLine('\u001b[31mred\u001b[0m\u0007\r tab\there'), 'red tab  here');
    assert.equal(
      cleanLine('\u001b]8;;http://host\u001b\\link\u001b]8;;\u0007 \u001b[2K\u009b1mbold\u001bM'),
      'link bold',
    );
    assert.equal(cleanLine('\u001b]unfinished'), ']unfinished');
  });

  it('is cut to the length of a line', () => {
    const { output } = make();
    output.add('x'.repeat(5_000));
    assert.equal(output.lines()[0]?.length, limits.outputLine);
  });

  it('is cleaned in proportion to its length', () => {
    const started = Date.now();
    for (const part of ['\u001b', '\u001b]a;', '\u001b[1;', '\u001b]8;;x', '\u009b']) cleanLine(part.repeat(200_000));
    assert.ok(Date.now() - started < 5_000);
  });

  it('shows no part of a secret where it is cut', () => {
    const environment = { TOKEN: 'canary-0123456789'.repeat(50) };
    const redact = createRedactor({ kind: 'stdio', command: '/x', args: [], environment, workingDirectory: '/' });
    const { output } = make(redact);
    // At the end of a line, at the end of what is decoded, and at the end of what is kept of a line that is skipped.
    for (const before of [1_900, 7_900]) output.add('x'.repeat(before) + environment.TOKEN);
    output.reader().push(Buffer.from(`${'x'.repeat(1_000)}${environment.TOKEN.repeat(20)}\n`));
    output.flush();
    assert.equal(output.lines().length, 3);
    assert.doesNotMatch(output.lines().join('\n'), /canary/);
  });

  it('takes secrets out before a line is kept', () => {
    const { output } = make(line => line.replaceAll('hunter2', '•••'));
    output.add('the password is hunter2');
    assert.deepEqual(output.lines(), ['the password is •••']);
  });
});
