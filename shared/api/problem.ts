// The one closed list of errors. Every answer that is not a success, on every carrier, is one of these (RFC 9457).
import * as z from 'zod';

const list = {
  REQUEST_001: [422, 'The request is not valid'],
  REQUEST_002: [415, 'The body must be JSON'],
  REQUEST_003: [404, 'There is nothing at this address'],
  REQUEST_004: [413, 'The request is too large'],
  REQUEST_005: [429, 'Too many requests'],
  ACCESS_001: [401, 'You are not signed in'],
  ACCESS_002: [403, 'You may not do this'],
  ACCESS_003: [403, 'This host name is not allowed'],
  ACCESS_004: [403, 'This origin is not allowed'],
  ACCESS_005: [401, 'The login link is not valid any more'],
  ACCESS_006: [401, 'The sign-in is not right'],
  ACCESS_007: [401, 'A second factor is needed'],
  ACCESS_008: [429, 'Too many wrong sign-ins'],
  ACCESS_009: [404, 'There is no such session or provider'],
  ACCESS_010: [401, 'The token is not valid any more'],
  ACCESS_011: [422, 'The provider cannot be used'],
  USER_001: [404, 'There is no such user'],
  USER_002: [409, 'A user has this name already'],
  USER_003: [409, 'This would lock everybody out or give more than one has'],
  USER_004: [409, 'This is for users with a password'],
  USER_005: [409, 'There is a second factor already'],
  KEY_001: [404, 'There is no such key'],
  SERVER_001: [404, 'There is no such server'],
  SERVER_002: [409, 'The name is taken'],
  SERVER_003: [409, 'The server is not running'],
  SERVER_004: [502, 'The server could not be started'],
  SERVER_005: [504, 'The server did not answer in time'],
  SERVER_006: [502, 'The server ended at once'],
  SERVER_007: [502, 'The server does not speak MCP'],
  SERVER_008: [502, 'The server keeps ending'],
  SERVER_009: [409, 'The server is busy with another change'],
  SERVER_010: [422, 'The settings do not fit the server'],
  SERVER_011: [422, 'A server needs secrets that it has not got'],
  TOOL_001: [404, 'There is no such tool'],
  TOOL_002: [422, 'The arguments do not fit the tool'],
  TOOL_003: [504, 'There was no answer in time'],
  TOOL_004: [502, 'The request to the server failed'],
  TOOL_005: [403, 'The tool is switched off'],
  TOOL_006: [499, 'The request was cancelled'],
  TOOL_007: [502, 'The answer is too large'],
  TOOL_008: [403, 'The tool is in quarantine'],
  TOOL_009: [409, 'The name is taken at the gateway'],
  TOOL_010: [502, 'The server ended before it answered'],
  TOOL_011: [429, 'The server has too many calls under way'],
  TOOL_012: [409, 'The clash of names is another one now'],
  APPROVAL_001: [403, 'The call was not approved'],
  APPROVAL_002: [404, 'There is no such approval'],
  APPROVAL_003: [409, 'The approval is not for this call'],
  APPROVAL_004: [409, 'The rules have changed meanwhile'],
  APPROVAL_005: [409, 'There are too many rules'],
  LOCK_001: [404, 'Nothing is known of this server’s tools'],
  LOCK_002: [409, 'The tools have changed meanwhile'],
  LOCK_003: [422, 'The file is no lock file'],
  CALL_001: [404, 'There is no such call'],
  CALL_002: [409, 'The call cannot be repeated'],
  CALL_003: [404, 'Nobody is asking this any more'],
  MCP_001: [404, 'There is no such session'],
  MCP_002: [404, 'There is nothing to connect to under this name'],
  MCP_003: [503, 'There are too many sessions'],
  TEST_001: [404, 'There is no such test run'],
  TEST_002: [422, 'The file is no test file'],
  TEST_003: [409, 'The servers cannot be compared'],
  BITWARDEN_001: [503, 'Bitwarden’s command is not installed'],
  BITWARDEN_002: [409, 'Bitwarden is logged out'],
  BITWARDEN_003: [423, 'The Bitwarden vault is locked'],
  BITWARDEN_004: [502, 'Bitwarden’s server cannot be reached'],
  BITWARDEN_005: [401, 'Bitwarden refuses the sign-in'],
  BITWARDEN_006: [502, 'Bitwarden’s command did not answer as expected'],
  BITWARDEN_007: [404, 'There is no such Bitwarden item or mapping'],
  BITWARDEN_008: [422, 'The Bitwarden item cannot be used'],
  CATALOG_001: [404, 'There is no such catalog entry'],
  CATALOG_002: [404, 'There is no such catalog'],
  CATALOG_003: [409, 'A catalog of this reference is there already'],
  CATALOG_004: [422, 'The file is no catalog'],
  CATALOG_005: [409, 'The catalog cannot be removed'],
  PROFILE_001: [404, 'There is no such profile'],
  PROFILE_002: [409, 'A profile of this id is there already'],
  PROFILE_003: [409, 'This docker mcp has no profiles'],
  PROFILE_004: [422, 'The file is no profile'],
  PROFILE_005: [422, 'A profile has to be chosen'],
  CONTAINER_001: [404, 'There is no such container'],
  CONTAINER_002: [403, 'The container belongs to another client'],
  CLIENT_001: [404, 'There is no such client'],
  CLIENT_002: [409, 'The client’s file cannot be changed'],
  CLIENT_003: [409, 'The file has changed meanwhile'],
  CLIENT_004: [404, 'There is no such backup'],
  DOCTOR_001: [404, 'There is no such fix'],
  DOCTOR_002: [409, 'The fix did not help'],
  DOCKER_001: [503, 'docker mcp is not installed'],
  DOCKER_002: [501, 'This docker mcp cannot do this'],
  DOCKER_003: [503, 'The Docker engine cannot be reached'],
  DOCKER_004: [503, 'The Docker engine refuses this user'],
  DOCKER_005: [503, 'The Docker context cannot be used'],
  DOCKER_006: [503, 'Docker Desktop is not ready'],
  DOCKER_007: [503, 'Docker’s secret store is not available'],
  DOCKER_008: [503, 'Docker’s sign-in to remote servers is not available'],
  DOCKER_009: [404, 'docker mcp does not know this'],
  DOCKER_010: [409, 'The name or the port is taken'],
  DOCKER_011: [422, 'docker mcp refuses the values'],
  DOCKER_012: [502, 'The registry cannot be reached'],
  DOCKER_013: [503, 'docker mcp cannot use its database'],
  DOCKER_014: [502, 'The gateway could not start the server'],
  DOCKER_015: [502, 'docker mcp did not answer as expected'],
  DOCKER_016: [503, 'This docker mcp has known weaknesses'],
  INSTALL_001: [404, 'The package does not exist'],
  INSTALL_002: [409, 'The package is not the one that was pinned'],
  INSTALL_003: [502, 'The package registry cannot be reached'],
  INSTALL_004: [507, 'The disk is full'],
  INSTALL_005: [422, 'The package has no command to run'],
  INSTALL_006: [409, 'The package wants to run install scripts'],
  INSTALL_007: [499, 'The installation was cancelled'],
  INSTALL_008: [502, 'The package could not be installed'],
  INSTALL_009: [409, 'The server is being installed already'],
  OPERATION_001: [404, 'There is no such operation'],
  OPERATION_002: [409, 'The operation has ended already'],
  OPERATION_003: [409, 'The operation cannot be tried again'],
  SECRET_001: [404, 'There is no such secret'],
  SECRET_002: [409, 'A secret has this name already'],
  SECRET_003: [423, 'The vault is locked'],
  SECRET_004: [409, 'The key does not open the vault'],
  SECRET_005: [422, 'The key or passphrase is not usable'],
  SECRET_006: [409, 'A stored secret was changed outside of Quayside'],
  SECRET_007: [409, 'The secret is in use'],
  SECRET_008: [403, 'The secret belongs to another server'],
  SECRET_009: [409, 'A secret has no value'],
  SECRET_010: [429, 'Too many wrong passphrases'],
  SECRET_011: [409, 'The secrets are weakly protected'],
  SECRET_012: [422, 'The bundle cannot be opened'],
  SECRET_013: [409, 'There are too many secrets'],
  ENGINE_001: [503, 'The engine is not available'],
  DAEMON_001: [500, 'Something went wrong in the daemon'],
  DAEMON_002: [503, 'The daemon is not running'],
  DAEMON_003: [503, 'The daemon is stopping'],
  DAEMON_004: [409, 'The port is taken'],
  DAEMON_005: [409, 'The socket is taken'],
  DAEMON_006: [500, 'The state folder cannot be written'],
  DAEMON_007: [500, 'Node is too old'],
  DAEMON_008: [500, 'The database is newer than this program'],
  DAEMON_009: [507, 'The disk is full'],
  DAEMON_010: [409, 'Another daemon is running'],
  DAEMON_011: [500, 'The database is damaged'],
  DAEMON_012: [409, 'The daemon can be reached from elsewhere without TLS'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof list;
export const problemCodes = Object.keys(list) as ProblemCode[];

export const FieldError = z.object({
  path: z.string().describe('JSON Pointer into the request, for example /arguments/message'),
  message: z.string(),
});
export type FieldError = z.infer<typeof FieldError>;

export const Problem = z
  .object({
    type: z.string().describe('urn:quayside:problem:CODE'),
    code: z.enum(problemCodes),
    title: z.string().describe('What happened, the same for every case of this code'),
    status: z.int(),
    detail: z.string().describe('Why it happened this time'),
    next: z.string().optional().describe('What to do about it'),
    errors: z.array(FieldError).optional(),
    requestId: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details with a code of our closed list' });
export type Problem = z.infer<typeof Problem>;

export interface ProblemInput {
  /** Why it happened this time: one plain sentence, no secret, no stack. */
  detail: string;
  /** What to do next: one plain sentence. */
  next?: string | undefined;
  errors?: FieldError[] | undefined;
  requestId?: string | undefined;
  cause?: unknown;
}

/** The HTTP status of a code. */
export const statusOf = (code: ProblemCode): number => list[code][0];

export function toProblem(code: ProblemCode, input: ProblemInput): Problem {
  const { detail, next, errors, requestId } = input;
  return {
    type: `urn:quayside:problem:${code}`,
    code,
    title: list[code][1],
    status: list[code][0],
    detail,
    ...(next === undefined ? {} : { next }),
    ...(errors === undefined ? {} : { errors }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** The one error that crosses borders. `problem` is what the other side sees; `cause` never leaves the process. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: { cause?: unknown }) {
    super(problem.detail, options);
    this.problem = problem;
  }

  get code(): ProblemCode {
    return this.problem.code;
  }
}

/** Makes the error for a code: `throw problem('SERVER_001', { detail: '…', next: '…' })`. */
export const problem = (code: ProblemCode, input: ProblemInput): ProblemError =>
  new ProblemError(toProblem(code, input), { cause: input.cause });

export const isProblemError = (error: unknown): error is ProblemError => error instanceof ProblemError;

/** What happened, why and what to do, as one paragraph for a terminal or a toast. */
export const describeProblem = ({ title, detail, next, code }: Problem): string =>
  `${title}: ${detail}${next ? ` ${next}` : ''} (${code})`;
