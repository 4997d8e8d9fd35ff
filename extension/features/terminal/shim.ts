export interface ShimTarget {
  /** The program that runs Node: the editor's own. */
  runtime: string;
  /** Path of cli.mjs. */
  program: string;
}

const singleQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export const unixShim = ({ runtime, program }: ShimTarget): string =>
  `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec ${singleQuoted(runtime)} ${singleQuoted(program)} "$@"\n`;

/** A percent sign in a path would be read as a variable. */
const forBatch = (text: string): string => text.replaceAll('%', '%%');

export const windowsShim = ({ runtime, program }: ShimTarget): string =>
  `@echo off\r\nsetlocal\r\nset ELECTRON_RUN_AS_NODE=1\r\n"${forBatch(runtime)}" "${forBatch(program)}" %*\r\n`;
