// The last lines of a container. What it prints on its standard output is the protocol, not a log: only what is no message is shown.
import * as z from 'zod';
import { problem } from '../../../../shared/api/problem.ts';
import { limits } from '../../../../shared/domain/limits.ts';
import { createLineReader, type LineReader } from '../../../supervision/line-reader.ts';
import { cleanLine } from '../../../supervision/output.ts';
import { createRedactor, type Redactor } from '../../../supervision/redact.ts';
import { gatewayMarkVariable } from './container-control.ts';
import { type InspectedContainer, inspectContainer, readInspection, toEnvironment } from './container-inspection.ts';
import type { EngineApi, RequestScope } from './engine-api.ts';
import { isNotFound } from './engine-problems.ts';
import { inspectImage } from './image-requests.ts';

const readMs = 15_000;
const mostBytes = 64 * 1_048_576;
const lineBytes = limits.outputLine * 4;

export const noSuchContainer = (id: string, cause?: unknown) =>
  problem('CONTAINER_001', {
    detail: `The container ${id.slice(0, 12)} is not there any more.`,
    next: 'Containers come and go with the calls of a server: list them again.',
    cause,
  });

/** At most `tail` lines, cut and without control characters and the container's own secrets. Errors: CONTAINER_001, DOCKER_003. */
export async function readContainerLogs(api: EngineApi, id: string, tail: number): Promise<string[]> {
  return await api.request(
    'read the container’s log',
    async scope => {
      try {
        const inspected = readInspection(await inspectContainer(scope, id));
        if (!inspected) throw noSuchContainer(id);
        const redact = await redactorFor(scope, inspected);
        return await readLines(await openLog(scope, id, tail), inspected.tty, tail, redact);
      } catch (error) {
        throw isNotFound(error) ? noSuchContainer(id, error) : error;
      }
    },
    { ms: readMs },
  );
}

const ImageSettings = z.looseObject({ Config: z.looseObject({ Env: z.array(z.string()).nullish() }).nullish() });

/** The values that the container was started with, but not those that stand in the image for everybody. */
async function redactorFor(scope: RequestScope, { container, environment }: InspectedContainer) {
  const image = ImageSettings.safeParse(await inspectImage(scope, container.imageId).catch(() => undefined));
  const common = toEnvironment(image.data?.Config?.Env ?? []);
  const own = Object.entries(environment).filter(
    ([name, value]) => common[name] !== value && name !== gatewayMarkVariable,
  );
  return createRedactor({
    kind: 'stdio',
    command: '',
    args: [],
    workingDirectory: '/',
    environment: Object.fromEntries(own),
  });
}

/** dockerode would read a log into memory whole. */
function openLog({ docker, abortSignal }: RequestScope, id: string, tail: number): Promise<NodeJS.ReadableStream> {
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      {
        path: `/containers/${encodeURIComponent(id)}/logs?`,
        method: 'GET',
        options: { stdout: true, stderr: true, tail },
        isStream: true,
        abortSignal,
        statusCodes: { 200: true, 404: 'no such container', 409: 'not readable', 500: 'server error' },
      },
      (error: unknown, stream: unknown) => (error ? reject(error) : resolve(stream as NodeJS.ReadableStream)),
    );
  });
}

async function readLines(
  stream: NodeJS.ReadableStream,
  tty: boolean,
  tail: number,
  redact: Redactor,
): Promise<string[]> {
  const lines: string[] = [];
  const add = (line: Buffer): void => {
    const isCut = line.length >= lineBytes;
    const text = redact(cleanLine(line.toString('utf8')), isCut);
    lines.push(text.length > limits.outputLine ? `${text.slice(0, limits.outputLine - 1)}…` : text);
    if (lines.length > tail) lines.shift();
  };
  const reader = (onLine: (line: Buffer) => void): LineReader =>
    createLineReader({
      limit: lineBytes,
      onLine,
      onOversized: ({ bytes, head, tail: end }) => {
        if (!isMessage(Buffer.from(head + end)))
          add(Buffer.from(`${redact(head.slice(0, 500), true)}… (${bytes} bytes)`));
      },
    });
  const stdout = reader(line => {
    if (!isMessage(line)) add(line);
  });
  const stderr = reader(add);
  const push = tty ? (piece: Buffer) => stdout.push(piece) : createDemultiplexer(stdout, stderr);
  let bytes = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    bytes += piece.length;
    push(piece);
    if (bytes > mostBytes) break;
  }
  stdout.end();
  stderr.end();
  return lines;
}

/** A JSON-RPC message: the arguments and results of calls, which have a place of their own. */
const isMessage = (line: Buffer): boolean =>
  /^\s*[[{]/.test(line.toString('latin1', 0, 20)) && line.includes('"jsonrpc"');

/** Frames of a stream without a terminal: one byte of kind, three of nothing, four of length. */
export function createDemultiplexer(stdout: LineReader, stderr: LineReader): (piece: Buffer) => void {
  let header = Buffer.alloc(0);
  let left = 0;
  let target: LineReader | undefined;
  return piece => {
    let rest = piece;
    while (rest.length > 0) {
      if (left === 0) {
        const needed = 8 - header.length;
        header = Buffer.concat([header, rest.subarray(0, needed)]);
        rest = rest.subarray(needed);
        if (header.length < 8) return;
        left = header.readUInt32BE(4);
        target = header[0] === 2 ? stderr : stdout;
        header = Buffer.alloc(0);
        continue;
      }
      const part = rest.subarray(0, left);
      target?.push(part);
      left -= part.length;
      rest = rest.subarray(part.length);
    }
  };
}
