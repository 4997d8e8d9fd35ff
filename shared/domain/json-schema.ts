import * as z from 'zod';

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A JSON Schema as a server sends it: hostile until used, so only the outer shape is promised. */
export const JSONSchema = z.record(z.string(), z.unknown()).meta({
  id: 'JSONSchema',
  description: 'A JSON Schema, draft 2020-12 unless it names another, exactly as the server sent it.',
});
export type JSONSchema = z.infer<typeof JSONSchema>;
