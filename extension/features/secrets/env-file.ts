// What a .env file would bring into the vault. Pure; the preview shows names, and values never leave the plan but to the daemon.
import { parseEnv } from 'node:util';
import { type Secret, SecretName, SecretValue } from '../../../shared/api/secrets.ts';

export interface EnvImport {
  variable: string;
  name: string;
  value: string;
  /** The secret whose value is replaced; undefined for a new one. */
  replaces: string | undefined;
}

export interface EnvPlan {
  imports: EnvImport[];
  /** Variables that cannot be taken, with the reason. */
  skipped: { variable: string; reason: string }[];
}

/** `API_KEY` becomes `<server>.api_key`. Nothing in the file is expanded. */
export function planEnvFile(text: string, serverId: string, known: readonly Secret[]): EnvPlan {
  const plan: EnvPlan = { imports: [], skipped: [] };
  const names = new Map<string, string>();
  for (const [variable, value = ''] of Object.entries(parseEnv(text))) {
    const name = `${serverId}.${variable.toLowerCase()}`;
    const other = names.get(name);
    names.set(name, other ?? variable);
    const there = known.find(secret => secret.name === name);
    const reason = whyNot(name, value, other, there, serverId);
    if (reason === undefined) plan.imports.push({ variable, name, value, replaces: there?.id });
    else plan.skipped.push({ variable, reason });
  }
  return plan;
}

function whyNot(
  name: string,
  value: string,
  other: string | undefined,
  there: Secret | undefined,
  serverId: string,
): string | undefined {
  if (!SecretName.safeParse(name).success) return 'its name cannot be part of a secret’s name';
  if (other !== undefined) return `it would be the same secret as ${other}`;
  if (value === '') return 'it is empty';
  if (!SecretValue.safeParse(value).success) return 'it is too long';
  if (there && there.serverId !== serverId) return 'a secret of this name is there for other servers';
  return undefined;
}
