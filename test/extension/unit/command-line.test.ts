import assert from 'node:assert/strict';
import { splitWords } from '../../../extension/features/servers/command-line.ts';

describe('a command line as words', () => {
  const cases: [line: string, words: string[]][] = [
    ['', []],
    ['  node   server.js ', ['node', 'server.js']],
    ['node "a b" \'c d\'', ['node', 'a b', 'c d']],
    ['x --name="a b"c', ['x', '--name=a bc']],
    ['x "say \\"hi\\""', ['x', 'say "hi"']],
    ['x a\\ b', ['x', 'a b']],
    ['C:\\tools\\server.exe --port 1', ['C:\\tools\\server.exe', '--port', '1']],
    ['x \'\' ""', ['x', '', '']],
    ['x $HOME *.js; rm y', ['x', '$HOME', '*.js;', 'rm', 'y']],
    ['x "unclosed', ['x', '"unclosed']],
  ];
  for (const [line, words] of cases)
    it(`splits ${JSON.stringify(line)}`, () => assert.deepEqual(splitWords(line), words));
});
