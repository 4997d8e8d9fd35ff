// Asks a person what a server asks: fields of a form one by one, an answer for its model, or folders.
import { createInterface } from 'node:readline/promises';
import { pathToFileURL } from 'node:url';
import type { ApiClient } from '../../shared/api/client.ts';
import { isProblemError } from '../../shared/api/problem.ts';
import type { Question, QuestionAnswer } from '../../shared/api/questions.ts';
import { JSONSchema, type Json } from '../../shared/domain/json-schema.ts';
import { typedValues } from './arguments/typed-value.ts';
import type { CommandContext } from './command-context.ts';
import { Interrupted, UsageError } from './exit-codes.ts';
import { safeLine, safeText } from './terminal/safe-text.ts';

/** Reads one line; the question goes to the error stream, because the result is the output. */
type Ask = (question: string) => Promise<string>;

const mostAttempts = 3;

/** Declines if nobody is there. A wrong answer is asked for again some times. */
export async function answerQuestion(
  context: CommandContext,
  api: ApiClient,
  question: Question,
  isThere: boolean,
): Promise<void> {
  const send = (body: QuestionAnswer) =>
    api.answerQuestion({ params: { id: question.id }, body }, { signal: context.signal });
  context.output.progress('');
  if (!isThere) {
    context.output.notice(`${question.serverId} asks (${question.kind}): declined, because of --no-input.`);
    await send({ action: 'decline' });
    return;
  }
  const lines = createInterface({ input: context.stdin, output: process.stderr });
  // Not `question`: it loses what was typed ahead.
  const typed = lines[Symbol.asyncIterator]();
  let hasEnded = false;
  lines.once('close', () => {
    hasEnded = true;
  });
  const ask: Ask = async text => {
    if (!hasEnded) {
      lines.setPrompt(text);
      lines.prompt();
    }
    const line = await typed.next();
    if (line.done) throw new Interrupted('Interrupted.');
    return line.value;
  };
  const leave = () => lines.close();
  context.signal.addEventListener('abort', leave, { once: true });
  // On a terminal Ctrl-C comes as a key: it takes the question back, and a second one ends the call.
  lines.once('SIGINT', leave);
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await send(await askPerson(context, question, ask));
        return;
      } catch (error) {
        const isWrong = error instanceof UsageError || (isProblemError(error) && error.code === 'REQUEST_001');
        if (!isWrong || attempt === mostAttempts) throw error;
        context.output.notice(error.message);
      }
    }
  } catch (error) {
    // The server would wait for an answer that nobody gives any more.
    await api.answerQuestion({ params: { id: question.id }, body: { action: 'cancel' } }).catch(() => {});
    throw error;
  } finally {
    context.signal.removeEventListener('abort', leave);
    lines.close();
  }
}

async function askPerson(context: CommandContext, question: Question, ask: Ask): Promise<QuestionAnswer> {
  if (question.kind === 'elicitation') return await askForm(context, question, ask);
  return question.kind === 'sampling'
    ? await askForModel(context, question, ask)
    : await askFolder(context, question, ask);
}

const isYes = (text: string): boolean => /^y(?:es)?$/i.test(text.trim());

async function askForm({ output }: CommandContext, { serverId, request }: Question, ask: Ask): Promise<QuestionAnswer> {
  output.notice(`${serverId} asks: ${safeText(String(request['message'] ?? ''))}`);
  if (request['mode'] === 'url') {
    output.notice(`It wants you to open ${safeLine(String(request['url'] ?? ''))}`);
    return { action: isYes(await ask('Will you? [y/N] ')) ? 'accept' : 'decline' };
  }
  const schema = JSONSchema.catch({}).parse(request['requestedSchema']);
  const properties = Object.entries(JSONSchema.catch({}).parse(schema['properties']));
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const content: Record<string, Json> = {};
  for (const [name, raw] of properties) {
    const property = JSONSchema.catch({}).parse(raw);
    const typed = (await ask(promptFor(name, property, required.has(name)))).trim();
    if (typed !== '') content[name] = typedValues(name, toTexts(typed, property), property, schema);
    else if (isDefault(property['default'])) content[name] = property['default'];
  }
  const verdict = (await ask('Send this? [Y/n, c to cancel] ')).trim().toLowerCase();
  if (verdict === 'c') return { action: 'cancel' };
  return verdict === '' || isYes(verdict) ? { action: 'accept', content } : { action: 'decline' };
}

/** A list is typed with commas. */
const toTexts = (typed: string, { type }: JSONSchema): string[] =>
  type === 'array' && !typed.startsWith('[') ? typed.split(',').map(each => each.trim()) : [typed];

const isDefault = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

function promptFor(
  name: string,
  { title, description, type, enum: values, default: usual }: JSONSchema,
  isRequired: boolean,
): string {
  const facts = [
    ...(Array.isArray(values) ? [values.map(String).join(' | ')] : typeof type === 'string' ? [type] : []),
    ...(isRequired ? [] : ['may be empty']),
    ...(isDefault(usual) ? [`default ${String(usual)}`] : []),
  ];
  const what = typeof title === 'string' ? title : name;
  const why = typeof description === 'string' ? `, ${description}` : '';
  return `  ${safeLine(`${what}${why} (${facts.join('; ')})`)}: `;
}

async function askForModel(
  { output }: CommandContext,
  { serverId, request }: Question,
  ask: Ask,
): Promise<QuestionAnswer> {
  output.notice(`${serverId} wants a model’s answer to this. You can write it yourself; an empty line declines.`);
  const { systemPrompt, messages } = request;
  if (typeof systemPrompt === 'string') output.notice(`system: ${systemPrompt}`);
  for (const message of Array.isArray(messages) ? messages : []) output.notice(describeMessage(message));
  const text = (await ask('Answer: ')).trim();
  if (text === '') return { action: 'decline' };
  const content = { role: 'assistant', content: { type: 'text', text }, model: 'a person', stopReason: 'endTurn' };
  return { action: 'accept', content };
}

function describeMessage(message: unknown): string {
  const { role, content } = JSONSchema.catch({}).parse(message);
  const blocks = (Array.isArray(content) ? content : [content]).map(block => JSONSchema.catch({}).parse(block));
  return `${String(role)}: ${blocks.map(({ type, text }) => (typeof text === 'string' ? text : `[${String(type)}]`)).join(' ')}`;
}

async function askFolder({ output }: CommandContext, { serverId }: Question, ask: Ask): Promise<QuestionAnswer> {
  const here = process.cwd();
  output.notice(`${serverId} asks which folders it may work in.`);
  const verdict = await ask(`May it know of ${safeLine(here)}? [y/N] `);
  if (!isYes(verdict)) return { action: 'decline' };
  return { action: 'accept', content: { roots: [{ uri: pathToFileURL(here).href }] } };
}
