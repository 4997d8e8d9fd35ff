// What is called: a tool by the server's own name, or a method that the protocol does not know.
import * as z from 'zod';
import { ToolName } from './names.ts';

/** A method as records, rules and approvals name it. No tool is called so: ToolName has no colon. */
export const toMethodCall = (method: string): string => `method:${method}`;

/** Longer ones, and ones with what cannot be printed, are of no protocol. */
export const isMethodName = (method: string): boolean => /^[!-~]{1,128}$/.test(method);

/** `tools/example` of `method:tools/example`; undefined: it is a tool. */
export const methodOf = (called: string): string | undefined =>
  called.startsWith('method:') ? called.slice('method:'.length) : undefined;

const MethodCall = z.string().regex(/^method:[!-~]{1,128}$/, 'A method is written as method:name.');

export const CallName = z
  .union([ToolName, MethodCall])
  .meta({ id: 'CallName', description: 'A tool, or a method that the protocol does not know as method:name' });
