import * as z from 'zod';

/** A column that holds JSON text of this schema. What is no JSON throws, as what has another shape does: our own file is damaged. */
export const jsonColumn = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);
