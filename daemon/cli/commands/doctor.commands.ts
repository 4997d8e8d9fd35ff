import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { ApiClient } from '../../../shared/api/client.ts';
import type { DoctorCheck, DoctorReport, SupportBundle } from '../../../shared/api/doctor.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import { count, describeBytes, describeDuration } from '../terminal/describe.ts';
import { safeLine } from '../terminal/safe-text.ts';
import type { Colour } from '../terminal/style.ts';

interface DoctorOptions {
  fix?: string;
  bundle?: string;
  all?: boolean;
}

export function addDoctorCommands(program: Command, act: Act): void {
  program
    .command('doctor')
    .description('check everything that servers need, and say how to mend it; exit code 1 if there is an error')
    .option('--all', 'show also what is as it should be, with details')
    .addOption(new Option('--fix <id>', 'apply a fix that the doctor offers').conflicts('bundle'))
    .addOption(new Option('--bundle <file>', 'write a support bundle, a zip without secrets'))
    .action(act(runDoctor));
}

async function runDoctor(context: CommandContext, options: DoctorOptions): Promise<CommandResult> {
  const api = await context.connect();
  if (options.bundle !== undefined) return await writeBundle(context, api, options.bundle);
  if (options.fix !== undefined) return await applyFix(context, api, options.fix);
  const report = await api.runDoctor({}, { signal: context.signal });
  const exitCode = report.state === 'error' ? exitCodes.usage : exitCodes.ok;
  return { document: report, text: reportText(report, options.all ?? false, context), exitCode };
}

async function applyFix(context: CommandContext, api: ApiClient, id: string): Promise<CommandResult> {
  const check = await api.applyDoctorFix({ body: { id } }, { signal: context.signal });
  const exitCode = check.state === 'error' ? exitCodes.usage : exitCodes.ok;
  return { document: check, text: checkText(check, context).join('\n'), exitCode };
}

async function writeBundle(context: CommandContext, api: ApiClient, file: string): Promise<CommandResult> {
  const bundle = await api.makeSupportBundle({}, { signal: context.signal });
  const path = resolve(file);
  try {
    // Never over something that is there: it may be a link to it.
    await writeFile(path, Buffer.from(bundle.base64, 'base64'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { base64: _, ...document } = bundle;
  return { document: { ...document, file: path }, text: bundleText(path, bundle) };
}

const bundleText = (path: string, { bytes, contents }: SupportBundle): string =>
  [
    `Wrote ${path} (${describeBytes(bytes)}). Look through it before you hand it on:`,
    ...contents.map(({ name, about }) => `  ${safeLine(name)}: ${safeLine(about)}`),
  ].join('\n');

const signs = { ok: '✓', warning: '!', error: '✗', skipped: '-' } as const;
const colours = { ok: 'green', warning: 'yellow', error: 'red', skipped: 'dim' } as const satisfies Record<
  string,
  Colour
>;

function reportText({ checks, durationMs }: DoctorReport, all: boolean, context: CommandContext): string {
  const lines = checks.flatMap(check =>
    check.state === 'ok' && !all ? [headline(check, context)] : checkText(check, context),
  );
  const inState = (state: DoctorCheck['state']) => checks.filter(check => check.state === state).length;
  const sum = `${count(inState('error'), 'error')}, ${count(inState('warning'), 'warning')}, ${inState('ok')} ok, ${inState('skipped')} skipped, in ${describeDuration(durationMs)}.`;
  return [...lines, '', sum].join('\n');
}

const headline = ({ state, title }: DoctorCheck, { output }: CommandContext): string =>
  `${output.style(colours[state], signs[state])} ${safeLine(title)}`;

function checkText(check: DoctorCheck, context: CommandContext): string[] {
  const { detail, cause, fix, link } = check;
  if (check.state === 'skipped') return [`${headline(check, context)}: ${safeLine(cause ?? detail)}`];
  const more = [
    detail,
    cause,
    fix &&
      (fix.id !== null
        ? `${fix.label}: quayside doctor --fix ${fix.id}`
        : fix.command
          ? `${fix.label}: ${fix.command}`
          : fix.label),
    link,
  ];
  return [headline(check, context), ...more.flatMap(text => (text ? [`    ${safeLine(text)}`] : []))];
}
