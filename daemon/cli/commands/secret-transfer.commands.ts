// Secrets from elsewhere and to elsewhere, below "quayside secrets": .env files and encrypted bundles.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { Command } from 'commander';
import type { ApiClient } from '../../../shared/api/client.ts';
import { type Secret, SecretName } from '../../../shared/api/secrets.ts';
import { type ImportPlan, SecretBundle } from '../../../shared/api/vault.ts';
import { toServerName } from '../arguments/names.ts';
import { confirm, readPassphrase, readTextFile } from '../arguments/secret-input.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { count } from '../terminal/describe.ts';
import { renderTable } from '../terminal/table.ts';

const importHelp = `
A .env file's variables become secrets of the server: API_KEY becomes <server>.api_key. Nothing in it is expanded.
The preview shows names only. Without a terminal, add --yes; a bundle's passphrase then comes by standard input.`;

export function addTransferCommands(secrets: Command, act: Act): void {
  secrets
    .command('import')
    .description('take secrets from a .env file or from an encrypted bundle, after a preview')
    .argument('<file>', 'the file')
    .option('--server <server>', 'for a .env file: the server that the secrets are for', toServerName)
    .option('--replace', 'replace the values of secrets that are there already')
    .option('--yes', 'do not ask')
    .addHelpText('after', importHelp)
    .action(act(importFile));
  secrets
    .command('export')
    .description('put all secrets into a bundle that opens with a passphrase alone')
    .argument('<file>', 'the new file')
    .action(act(exportFile));
}

interface ImportOptions {
  server?: string;
  replace?: boolean;
  yes?: boolean;
}

async function importFile(context: CommandContext, file: string, options: ImportOptions): Promise<CommandResult> {
  const text = await readTextFile(file);
  const bundle = tryBundle(text);
  const api = await context.connect();
  const run = bundle
    ? await planBundle(context, api, bundle, options)
    : await planVariables(context, api, text, options);
  const changes = run.plan.items.filter(({ act }) => act !== 'skip').length;
  const preview = planTable(run.plan, context);
  if (changes === 0) return { document: run.plan, text: `${preview}\nThere is nothing to import.` };
  if (!options.yes) {
    context.output.notice('Nothing was changed yet:');
    for (const line of preview.split('\n')) context.output.notice(line);
    if (!(await confirm(context, `Import ${count(changes, 'secret')}?`)))
      return { document: run.plan, text: 'Nothing was imported.' };
  }
  const done = await run.apply();
  return { document: done, text: `${planTable(done, context)}\nImported ${count(changes, 'secret')}.` };
}

interface ImportRun {
  plan: ImportPlan;
  apply: () => Promise<ImportPlan>;
}

function tryBundle(text: string): SecretBundle | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const parsed = SecretBundle.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
  } catch {
    // Told below, as for JSON that is no bundle.
  }
  throw new UsageError('This is neither a bundle of secrets nor a .env file.');
}

async function planBundle(
  context: CommandContext,
  api: ApiClient,
  bundle: SecretBundle,
  { replace = false }: ImportOptions,
): Promise<ImportRun> {
  const passphrase = await readPassphrase(context, false);
  const send = (apply: boolean) =>
    api.importSecrets({ body: { bundle, passphrase, replace, apply } }, { signal: context.signal });
  return { plan: await send(false), apply: () => send(true) };
}

async function planVariables(
  { signal }: CommandContext,
  api: ApiClient,
  text: string,
  { server, replace = false }: ImportOptions,
): Promise<ImportRun> {
  if (server === undefined) throw new UsageError('Say which server the secrets are for: --server <server>.');
  const known = await listAll(query => api.listSecrets({ query: { ...query, server_id: server } }, { signal }));
  const planned = toVariables(text, server).map(({ name, value }) => ({
    value,
    ...planOne(name, server, value, known.items, replace),
  }));
  const items = planned.map(({ name, serverId, act, reason }) => ({ name, serverId, act, reason }));
  const apply = async (): Promise<ImportPlan> => {
    for (const { name, act, value, id } of planned) {
      if (act === 'create') await api.createSecret({ body: { name, serverId: server, value } }, { signal });
      if (act === 'replace' && id) await api.replaceSecretValue({ params: { id }, body: { value } }, { signal });
    }
    return { applied: true, items };
  };
  return { plan: { applied: false, items }, apply };
}

function toVariables(text: string, server: string): { name: string; value: string }[] {
  const names = new Map<string, string>();
  return Object.entries(parseEnv(text)).map(([variable, value = '']) => {
    const name = `${server}.${variable.toLowerCase()}`;
    if (!SecretName.safeParse(name).success) throw new UsageError(`${variable} cannot be part of a secret’s name.`);
    const other = names.get(name);
    if (other !== undefined) throw new UsageError(`${other} and ${variable} would be one secret.`);
    names.set(name, variable);
    return { name, value };
  });
}

function planOne(name: string, serverId: string, value: string, known: Secret[], replace: boolean) {
  const there = known.find(secret => secret.name === name);
  const item = { name, serverId, id: there?.id };
  if (value === '') return { ...item, act: 'skip' as const, reason: 'It is empty.' };
  if (!there) return { ...item, act: 'create' as const, reason: null };
  return replace
    ? { ...item, act: 'replace' as const, reason: null }
    : { ...item, act: 'skip' as const, reason: 'There is one of this name already.' };
}

const planTable = ({ items }: ImportPlan, { output }: CommandContext): string =>
  items.length === 0
    ? 'The file holds no secrets.'
    : renderTable(
        items,
        [
          { heading: 'NAME', value: item => item.name },
          { heading: 'FOR', value: item => item.serverId ?? 'any server' },
          { heading: 'ACT', value: item => item.act },
          { heading: 'WHY', value: item => item.reason },
        ],
        output.look,
      );

async function exportFile(context: CommandContext, file: string): Promise<CommandResult> {
  const api = await context.connect();
  const passphrase = await readPassphrase(context, true);
  const bundle = await api.exportSecrets({ body: { passphrase } }, { signal: context.signal });
  const path = resolve(file);
  try {
    await writeFile(path, `${JSON.stringify(bundle, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { document: { file: path }, text: `Wrote ${path}. It opens with the passphrase and nothing else.` };
}
