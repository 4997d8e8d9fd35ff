import { hiddenMark, type SecretScanner } from './secret-scanner.ts';

const mostDepth = 200;

/**
 * The result without what looks like a secret, text by text, so that it stays what the protocol says it is. Looked through
 * once as a whole first: where nothing is found, the same object goes on. Pictures and sounds are left alone.
 */
export function screenResult(result: Record<string, unknown>, scanner: SecretScanner): Record<string, unknown> {
  if (scanner.find(JSON.stringify(result)).length === 0) return result;
  const clean = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return scanner.hide(value);
    if (value === null || typeof value !== 'object') return value;
    if (depth > mostDepth) return hiddenMark;
    if (Array.isArray(value)) return value.map(item => clean(item, depth + 1));
    const isBinary = 'mimeType' in value && ('data' in value || 'blob' in value);
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) =>
        isBinary && (name === 'data' || name === 'blob') ? [name, member] : [name, clean(member, depth + 1)],
      ),
    );
  };
  const screened = clean(result, 0) as Record<string, unknown>;
  return { ...screened, _meta: { ...(screened['_meta'] as object | undefined), 'quayside/redacted': true } };
}
