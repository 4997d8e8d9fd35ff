// The files of the support bundle. Each is made of chosen members and cleaned as a whole: known secrets first, then what
// looks like one. Values of environments, settings and arguments are never taken along.
import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { DoctorReport } from '../../../shared/api/doctor.ts';
import { hideSecrets } from '../../platform/secret-patterns.ts';
import type { DoctorNeeds, DoctorServer } from './doctor-needs.ts';

export interface BundleFile {
  name: string;
  about: string;
  text: string;
}

/** Of a log only the end is of interest. */
const mostLines = 2_000;

export async function bundleFiles(report: DoctorReport, needs: DoctorNeeds): Promise<BundleFile[]> {
  const [status, docker, catalogs, log] = await Promise.all([
    needs.status(),
    needs.docker.status(),
    needs.catalogs().catch(error => {
      needs.onFailure(error, 'the catalogs of a support bundle');
      return [];
    }),
    needs.daemonLog(),
  ]);
  const gateways = needs.gateways.list();
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const files: BundleFile[] = [
    { name: 'report.json', about: 'What the doctor has found', text: json(report) },
    { name: 'report.txt', about: 'The same, to read', text: reportText(report) },
    { name: 'versions.json', about: 'Quayside, Node and this system', text: json(versions(status)) },
    { name: 'status.json', about: 'The daemon', text: json(status) },
    { name: 'docker.json', about: 'What Docker and docker mcp can do', text: json(docker) },
    {
      name: 'servers.json',
      about: 'The servers and their states, without values',
      text: json(needs.servers().map(describeServer)),
    },
    { name: 'gateways.json', about: 'The gateways', text: json(gateways) },
    { name: 'catalogs.json', about: 'The catalogs', text: json(catalogs) },
    { name: 'operations.json', about: 'The last installs, updates and pulls', text: json(needs.operations()) },
    { name: 'logs/daemon.log', about: 'The end of the daemon’s log', text: lastLines(log) },
    ...gateways.map(({ profile }) => ({
      name: `logs/gateway-${profile.replace(/[^\w.-]/g, '_')}.log`,
      about: `The end of the log of the gateway of ${profile}`,
      text: lastLines(needs.gateways.output(profile).join('\n')),
    })),
  ];
  const clean = (text: string) => hideHome(hideSecrets(needs.redact(text)), needs.environment);
  const cleaned = files.map(file => ({ ...file, text: clean(file.text) }));
  return [{ name: 'README.txt', about: 'What is in here', text: readme(cleaned, report.startedAt) }, ...cleaned];
}

const lastLines = (text: string): string => text.split('\n').slice(-mostLines).join('\n');

const versions = ({ version, runtime }: { version: string; runtime: string }) => ({
  quayside: version,
  runtime,
  system: `${platform()} ${release()} ${arch()}`,
  processors: cpus().length,
  memoryBytes: totalmem(),
});

/** Names and states alone: what a value is, even of a plain variable, is nobody's business. */
function describeServer({ server, configuration, secretSlots, definition }: DoctorServer) {
  const { source, description: _, ...rest } = server;
  return {
    ...rest,
    source: source.type === 'remote' ? { type: source.type, url: withoutQuery(source.url) } : source,
    arguments: configuration.arguments.length,
    environmentVariables: Object.keys(configuration.environment),
    settings: Object.keys(configuration.settings),
    disabledTools: configuration.disabledTools,
    secretSlots: secretSlots.map(({ name, environmentVariable, required }) => ({
      name,
      environmentVariable,
      required,
    })),
    secretReferences: configuration.secretReferences.length,
    tools: Array.isArray(definition?.['tools']) ? definition['tools'].length : null,
  };
}

function withoutQuery(address: string): string {
  const url = URL.parse(address);
  return url ? `${url.protocol}//${url.host}/…` : '…';
}

/** The user's name stands in the path of the home. */
function hideHome(text: string, environment: DoctorNeeds['environment']): string {
  const homes = [environment['HOME'], environment['USERPROFILE']].flatMap(home =>
    home && home.length > 3 ? [home, JSON.stringify(home).slice(1, -1)] : [],
  );
  return homes.reduce((rest, home) => rest.replaceAll(home, '~'), text);
}

const reportText = ({ checks, state, startedAt, durationMs }: DoctorReport): string =>
  [
    `${startedAt}: ${state}, in ${durationMs} ms`,
    '',
    ...checks.flatMap(({ id, title, state: each, detail, cause }) => [
      `[${each}] ${title} (${id})`,
      `    ${detail}`,
      ...(cause ? [`    ${cause}`] : []),
    ]),
    '',
  ].join('\n');

const readme = (files: readonly BundleFile[], madeAt: string): string =>
  [
    `Quayside support bundle, made at ${madeAt}.`,
    '',
    'It was made to be handed to somebody who helps. It has no secrets, no values of environment variables, arguments or',
    'settings; known secrets and what looks like one were replaced by •••. Look through it before you hand it on.',
    '',
    ...files.map(({ name, about }) => `${name}: ${about}`),
    '',
  ].join('\n');
