// The sentence for a pull that the engine gave up.
import { type ProblemError, problem } from '../../../../shared/api/problem.ts';

const classes: readonly [RegExp, (reference: string, cause: unknown) => ProblemError][] = [
  [
    /no space left on device|disk quota exceeded/i,
    (reference, cause) =>
      problem('INSTALL_004', {
        detail: `The engine’s disk has no room for ${reference}.`,
        next: 'Free some with "quayside disk clean" or "docker system prune", then try again.',
        cause,
      }),
  ],
  [
    /no matching manifest|does not match the specified platform|image operating system .* cannot be used/i,
    (reference, cause) =>
      problem('DOCKER_009', {
        detail: `${reference} has no image for the processor and system of this engine.`,
        next: 'Choose another version of it, or an engine of another architecture.',
        cause,
      }),
  ],
  [
    /toomanyrequests|rate limit/i,
    (reference, cause) =>
      problem('DOCKER_012', {
        detail: `The registry does not hand out ${reference} now, because too much was pulled from here.`,
        next: 'Sign in with "docker login", or wait some hours.',
        cause,
      }),
  ],
  [
    /no basic auth credentials|unauthorized|authentication required|incorrect username or password|denied: /i,
    (reference, cause) =>
      problem('DOCKER_012', {
        detail: `The registry asks for a login to pull ${reference}, or there is no such image.`,
        next: 'Sign in with "docker login REGISTRY", and check the image’s name.',
        cause,
      }),
  ],
  [
    /manifest unknown|not found|repository does not exist|name unknown/i,
    (reference, cause) =>
      problem('DOCKER_009', {
        detail: `The registry has no image ${reference}.`,
        next: 'Check its name and its tag.',
        cause,
      }),
  ],
];

/** `message`: the engine's own words, which are matched and not shown. */
export function toPullProblem(message: string, reference: string, cause?: unknown): ProblemError {
  const why = cause ?? new Error(message);
  for (const [pattern, make] of classes) if (pattern.test(message)) return make(reference, why);
  return problem('DOCKER_012', {
    detail: `${reference} could not be pulled: ${reasonOf(message)}.`,
    next: 'Check the network and the proxy of the Docker engine, then try again.',
    cause: why,
  });
}

function reasonOf(message: string): string {
  if (/no such host|server misbehaving/i.test(message)) return 'the registry’s name is not known';
  if (/connection refused/i.test(message)) return 'the registry refused the connection';
  if (/timeout|deadline exceeded|context canceled/i.test(message)) return 'the registry did not answer in time';
  if (/x509|certificate|tls/i.test(message)) return 'the registry’s certificate is not trusted';
  if (/EOF|reset by peer|broken pipe|unexpected/i.test(message)) return 'the connection was cut';
  return 'the registry or the way to it failed';
}
