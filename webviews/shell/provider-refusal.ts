// Why somebody who comes back from a provider is not in. Only a code comes by the address: a text there could be anybody's.
import { type Problem, type ProblemCode, problemCodes, toProblem } from '../../shared/api/problem.ts';

const words: Partial<Record<ProblemCode, { detail: string; next: string }>> = {
  ACCESS_006: {
    detail:
      'The provider did not prove who you are, you are not among those who may come in here, or it took longer than ten minutes.',
    next: 'Try again. Somebody with the role admin can let your verified e-mail address in, and the audit log says more.',
  },
  ACCESS_009: {
    detail: 'There is no such provider any more.',
    next: 'Sign in by one that is shown here.',
  },
  ACCESS_011: {
    detail: 'The provider does not answer, or not as a provider of OpenID Connect does.',
    next: 'Try again later. Somebody with the role admin can check its issuer and its client.',
  },
  SECRET_003: {
    detail: 'The vault is locked, and with it the secret that the provider asks for.',
    next: 'Ask somebody who may open the vault, or sign in by name and password.',
  },
};

/** For the sign-in page. A code that is not known here, or none of ours, is told as it is. */
export function describeRefusal(given: string): Problem {
  const code = problemCodes.find(each => each === given);
  const known = code && words[code];
  return toProblem(
    code ?? 'ACCESS_006',
    known ?? {
      detail: 'The sign-in at the provider did not come to its end.',
      next: 'Try again. The audit log says more to somebody who may read it.',
    },
  );
}
