import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createGatewayLog, type GatewayLog } from '../../../../../daemon/engines/docker/gateway/gateway-log.ts';
import { parseLine, splitLine } from '../../../../../daemon/engines/docker/gateway/log-lines.ts';
import { readRecordings } from '../../../../support/recordings.ts';

const names = [
  'probe',
  'memory',
  'everything',
  'broken-crash',
  'broken-image',
  'broken-hang',
  'one',
  'two',
  'bind',
  'remote-oauth',
  'hub',
  'nope',
];

interface Heard {
  log: GatewayLog;
  lines: { text: string; server: string | null }[];
  time: { now: number };
}

function hear(
  stderr: string,
  servers: string[],
  { stopAt, silent = [] }: { stopAt?: RegExp; silent?: string[] } = {},
): Heard {
  const lines: Heard['lines'] = [];
  const time = { now: 0 };
  const log = createGatewayLog({
    servers,
    silent: new Set(silent),
    now: () => time.now,
    onLine: (text, server) => lines.push({ text, server }),
    onProgress() {},
  });
  for (const line of stderr.split('\n')) {
    if (stopAt?.test(line)) break;
    log.add(line);
  }
  return { log, lines, time };
}

describe('what a gateway says', () => {
  it('gives each enabled server of every recording a state, and never more than it said', () => {
    const recordings = gatewayRecordings();
    assert.ok(recordings.length >= 40, `${recordings.length} recordings`);
    for (const { name, stderr } of recordings) {
      const enabled = /^- Those servers are enabled: (.*)$/m.exec(stderr)?.[1]?.split(', ') ?? [];
      const { log } = hear(stderr, names);
      if (!log.isListed) continue;
      for (const server of enabled) {
        const told = log.of(server);
        const fails = new RegExp(`^ {2}> Can't start ${server}: `, 'm').test(stderr);
        const shows = new RegExp(`^ {2}> ${server}: \\(`, 'm').test(stderr);
        assert.equal(told.state, fails && !shows ? 'failed' : 'ready', `${name}: ${server}`);
      }
    }
  });

  it('counts what a server has', () => {
    const { log } = hear(stderrOf('gateway-killed'), ['everything']);
    assert.deepEqual(log.of('everything'), { state: 'ready', has: { tools: 16, prompts: 4, resources: 7 } });
  });

  it('names the server that holds up all others', () => {
    // The recording was ended by a signal after ten seconds; until then it said this.
    const heard = hear(stderrOf('gateway-server-hang'), ['probe', 'broken-hang'], { stopAt: /Can't start/ });
    heard.time.now = 5_001;
    assert.deepEqual(
      heard.log.overdue(4_999, () => 5_000),
      [],
    );
    assert.deepEqual(
      heard.log.overdue(5_001, () => 5_000),
      ['broken-hang'],
    );
    assert.equal(heard.log.of('probe').state, 'ready');
    assert.equal(heard.log.isListed, false);
  });

  it('suspects a server that has nothing to show only when nobody else is late', () => {
    const heard = hear(stderrOf('gateway-server-hang'), ['probe', 'broken-hang', 'memory'], {
      stopAt: /Can't start/,
      silent: ['memory'],
    });
    heard.log.add('  - Running mcp-local/memory:1 with [run -l docker-mcp-name=memory -l docker-mcp-transport=stdio]');
    assert.deepEqual(
      heard.log.overdue(9_000, () => 5_000),
      ['broken-hang'],
    );
  });

  it('has the last words of a server that ended, as its own output', () => {
    const { log, lines } = hear(stderrOf('gateway-server-crash-verbose'), ['broken-crash', 'broken-image']);
    assert.deepEqual(log.lastWords('broken-crash'), ['probe: fatal: missing PROBE_DSN']);
    assert.match(log.lastWords('broken-image')[0] ?? '', /No such image/);
    assert.ok(lines.some(({ text, server }) => server === 'broken-crash' && text.includes('fatal')));
    assert.equal(log.of('broken-image').state, 'failed');
  });

  it('is cut where a warning lacks its end', () => {
    const { lines } = hear(stderrOf('gateway-server-crash-and-missing-image'), ['probe']);
    assert.ok(lines.some(({ text }) => /^> Images pulled in /.test(text)));
    assert.ok(lines.some(({ text }) => /no such host$/.test(text)));
  });

  it('keeps the first characters of secrets to itself', () => {
    const { lines } = hear(stderrOf('gateway-dry-run-files'), ['probe']);
    assert.ok(lines.some(({ text }) => text === '    - PROBE_API_KEY: •••'));
    assert.ok(!lines.some(({ text }) => text.includes('s3cr')));
  });

  it('tells which secret did not arrive', () => {
    const { log } = hear(stderrOf('gateway-missing-secrets-file'), ['probe']);
    assert.deepEqual([...log.missingSecrets()], [['probe', 'probe.api_key']]);
  });

  it('counts reloads', () => {
    const { log } = hear(stderrOf('gateway-files-hot-reload'), ['probe', 'everything']);
    assert.equal(log.reloads, 1);
    assert.equal(log.of('everything').state, 'ready');
  });

  it('may be anything at all', () => {
    const beginnings = [
      '  > ',
      '- ',
      "  > Can't start ",
      '- Those servers are enabled: ',
      '  - Running x with [',
      '  - warning: pulling docker image a: ',
    ];
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.tuple(fc.constantFrom(...beginnings), fc.string({ unit: 'binary' })).map(parts => parts.join('')),
    );
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.string()), (lines, servers) => {
        const { log } = hear(lines.join('\n'), servers);
        for (const server of servers) assert.ok(log.of(server));
        log.overdue(1e9, () => 1);
        for (const each of lines) assert.equal(splitLine(each).join(''), each);
      }),
    );
  });

  it('makes nobody known who was not named', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9./_-]{1,30}$/), name => {
        for (const line of [`  > ${name}: (1 tools)`, `  > Can't start ${name}: x`, `- ${name}: x`])
          assert.equal(parseLine(line, new Set()).event, null);
        assert.equal(parseLine(`  > ${name}: (1 tools)`, new Set([name])).event?.kind, 'ready');
      }),
    );
  });

  it('is read in time in proportion to its length', () => {
    const started = Date.now();
    for (const part of ['(1 tools) ', '- ', '  - warning: pulling docker image a: ', '*', "'"])
      for (const piece of splitLine(part.repeat(50_000))) parseLine(piece, new Set(['a']));
    assert.ok(Date.now() - started < 5_000);
  });
});

const gatewayRecordings = () => readRecordings().filter(({ argv }) => argv.slice(0, 3).join(' ') === 'mcp gateway run');

const stderrOf = (name: string): string => {
  const found = gatewayRecordings().find(recording => recording.name === `current/${name}`);
  assert.ok(found, name);
  return found.stderr;
};
