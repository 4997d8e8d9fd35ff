// A very small part of yq: paths, [], pipes, map, select with == and new objects. Enough for what callers ask for.
import { fail } from './failure.mjs';

/** Splits at a separator that stands in no bracket and no string. */
function splitOutside(text, separator) {
  const parts = [''];
  let depth = 0;
  let isText = false;
  for (const character of text) {
    if (character === '"') isText = !isText;
    if (!isText && '([{'.includes(character)) depth++;
    if (!isText && ')]}'.includes(character)) depth--;
    if (character === separator && depth === 0 && !isText) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map(part => part.trim());
}

function applyPath(path, value) {
  const steps = path.match(/\.[A-Za-z_][\w-]*|\["[^"]+"\]|\[\d+\]|\[\]|^\.$/g) ?? [];
  if (steps.join('') !== path.replace(/\.\[/g, '[')) fail(`Error: 1:1: invalid input text "${path}"`);
  return steps.reduce((values, step) => values.flatMap(inner => applyStep(step, inner)), [value]);
}

function applyStep(step, value) {
  if (step === '.') return [value];
  if (step === '[]') return Array.isArray(value) ? value : Object.values(value ?? {});
  const key = step.startsWith('.') ? step.slice(1) : JSON.parse(step)[0];
  return [value?.[key] ?? null];
}

function applyStage(stage, value) {
  const call = /^(map|select)\((.*)\)$/s.exec(stage);
  if (call?.[1] === 'map') return [(value ?? []).flatMap(item => evaluate(call[2], item))];
  if (call?.[1] === 'select') {
    const [left, right] = call[2].split('==').map(side => side.trim());
    return evaluate(left, value)[0] === evaluate(right, value)[0] ? [value] : [];
  }
  if (stage.startsWith('{')) {
    const fields = splitOutside(stage.slice(1, -1), ',').map(field => splitOutside(field, ':'));
    return [Object.fromEntries(fields.map(([key, inner]) => [JSON.parse(key), evaluate(inner, value)[0] ?? null]))];
  }
  if (/^("|\d|true|false|null)/.test(stage)) return [JSON.parse(stage)];
  return applyPath(stage, value);
}

/** All results of an expression on a value. */
export function evaluate(expression, value) {
  return splitOutside(expression, '|').reduce(
    (values, stage) => values.flatMap(inner => applyStage(stage, inner)),
    [value],
  );
}
