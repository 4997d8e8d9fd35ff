// Between a server's settings as the API has them and the form's drafts.
import type { FieldError, Problem } from '../../shared/api/problem.ts';
import type { Json } from '../../shared/domain/json-schema.ts';

/** Settings came over as JSON, so they are JSON; anything else in them is left out. */
export function toSettings(settings: Readonly<Record<string, unknown>>): { [key: string]: Json } {
  const value: Json = JSON.parse(JSON.stringify(settings));
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** The daemon's errors of `PATCH /servers/{id}` that are about settings, at the places that the form knows. */
export const settingsErrors = (problem: Problem | undefined): FieldError[] =>
  (problem?.errors ?? []).flatMap(({ path, message }) => {
    const place = /^(?:\/body)?(?:\/configuration)?\/settings(\/.*)?$/.exec(path);
    return place ? [{ path: `/arguments${place[1] ?? ''}`, message }] : [];
  });
