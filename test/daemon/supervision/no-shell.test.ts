// Nothing that a person or a package writes is ever read by a shell (rule D8).
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { createSupervised, launchPolicy, planScript } from '../../support/supervised.ts';

const trap = `/tmp/quayside-trap-${process.pid}`;

const hostile = [
  `$(touch ${trap})`,
  `\`touch ${trap}\``,
  `; touch ${trap}`,
  `| touch ${trap}`,
  `& touch ${trap} &`,
  `"\n touch ${trap}`,
  `'; touch ${trap}; '`,
  '%PATH% ^& !x! > /dev/null',
  '--eval',
  '-e',
  '',
  '*',
  '~',
  '$HOME',
  '\u202e\u200b',
];

describe('arguments and variables', () => {
  it('reach a server as they are, whatever is in them', async () => {
    const { supervisor } = createSupervised();
    const fuzz = fc.sample(fc.string({ unit: 'grapheme', maxLength: 200 }), 40).map(text => text.replaceAll('\0', ''));
    const args = [...hostile, ...fuzz];
    const variables = Object.fromEntries(args.map((value, index) => [`VALUE_${index}`, value]));
    await supervisor.start('one', planScript('echo', args, variables), launchPolicy());
    const { content } = await supervisor.session('one').callTool('started', {}, { timeoutSeconds: 5 });
    const started = JSON.parse(String(content[0]?.['text']));
    await supervisor.close();
    assert.deepEqual(started.args, args);
    for (const [name, value] of Object.entries(variables)) assert.equal(started.environment[name], value);
    assert.equal(existsSync(trap), false);
  });

  it('are all that a server sees of the world, but for the mark that it is ours', async () => {
    const { supervisor } = createSupervised();
    await supervisor.start('one', planScript('echo', [], { ONE: '1' }), launchPolicy());
    const { content } = await supervisor.session('one').callTool('started', {}, { timeoutSeconds: 5 });
    await supervisor.close();
    const names = Object.keys(JSON.parse(String(content[0]?.['text'])).environment).sort();
    assert.deepEqual(
      names.filter(name => name !== '__CF_USER_TEXT_ENCODING'),
      ['ONE', 'PATH', 'QUAYSIDE_CHILD_OF'],
    );
  });
});
