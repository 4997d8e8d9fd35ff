// Why something did not reach whom it was for, and by whom it was lost: one sentence for each reason.

export const lossReasons = [
  'client-does-not-offer',
  'no-client',
  'more-than-one-client',
  'not-forwarded',
  'not-carried',
  'too-fast',
  'too-large',
  'another-server-has-it',
] as const;
export type LossReason = (typeof lossReasons)[number];

export const lossWords: Readonly<Record<LossReason, string>> = {
  'client-does-not-offer': 'the client does not offer it',
  'no-client': 'no client was there',
  'more-than-one-client': 'it could not be told for which client it was; sessions of its own for each client end that',
  'not-forwarded': 'what runs the server does not pass it on',
  'not-carried': 'Quayside does not pass it on',
  'too-fast': 'there were too many at once, so Quayside left some out',
  'too-large': 'it was larger than allowed',
  'another-server-has-it': 'another server has one of the same address; it is at the address of this server alone',
};
