// Some acts ask for a second factor that was given a short while ago. Then a person is asked for a code, and the same request is sent again.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Carrier, CarrierResponse } from '../../shared/api/client.ts';
import { Problem } from '../../shared/api/problem.ts';
import type { OperationId } from '../../shared/api/routes.ts';

export interface FactorGate {
  readonly carrier: Carrier;
  /** True while a request waits for a code. */
  readonly asked: ReadonlySignal<boolean>;
  /** The code was taken: what waits is sent again. False: it is given up, with the refusal that it had. */
  answer(given: boolean): void;
}

/** These ask for the code in their own form, or are the giving of it. */
const ownForms: ReadonlySet<OperationId> = new Set<OperationId>([
  'signIn',
  'signInWithBitwarden',
  'takeInvitation',
  'createTokens',
  'giveSecondFactor',
]);

export function createFactorGate(carrier: Carrier): FactorGate {
  const asked = signal(false);
  const waiting = new Set<(given: boolean) => void>();
  const ask = () => {
    asked.value = true;
    return new Promise<boolean>(resolve => waiting.add(resolve));
  };
  return {
    asked,
    carrier: {
      ...carrier,
      async send(request) {
        const response = await carrier.send(request);
        if (ownForms.has(request.operationId) || codeOf(response) !== 'ACCESS_007') return response;
        return (await ask()) ? await carrier.send(request) : response;
      },
    },
    answer(given) {
      asked.value = false;
      for (const resolve of waiting) resolve(given);
      waiting.clear();
    },
  };
}

/** The code of an answer that is a problem. */
export function codeOf({ status, body }: CarrierResponse): Problem['code'] | undefined {
  if (status < 400) return undefined;
  return Problem.safeParse(body).data?.code;
}
