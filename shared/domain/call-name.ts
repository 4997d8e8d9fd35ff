// What is called: a tool by the server's own name, or a method that the protocol does not know.
import * as z from 'zod';
import { ToolName } from './names.ts';

/** A method as records, rules and approvals name it. No tool is called so: ToolName has no colon. */
export const toMethodCall = (method: string): string => `method:${method}`;

/** Others are of no protocol. No `*` and no `?`: in a rule, a call's name stands for itself alone. */
const methodName = '[A-Za-z0-9_$./:-]{1,128}';
const wholeMethodName = new RegExp(`^${methodName}$`);
export const isMethodName = (method: string): boolean => wholeMethodName.test(method);

/** `tools/example` of `method:tools/example`; undefined: it is a tool. */
export const methodOf = (called: string): string | undefined =>
  called.startsWith('method:') ? called.slice('method:'.length) : undefined;

const MethodCall = z.string().regex(new RegExp(`^method:${methodName}$`), 'A method is written as method:name.');

export const CallName = z
  .union([ToolName, MethodCall])
  .meta({ id: 'CallName', description: 'A tool, or a method that the protocol does not know as method:name' });
