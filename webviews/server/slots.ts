// The secrets that a Docker server declares, beside those that it is given. Pure.
import type { Secret, SecretReference } from '../../shared/api/secrets.ts';
import type { SecretSlot } from '../../shared/api/server-configuration.ts';

export interface SlotState {
  slot: SecretSlot;
  reference: SecretReference | undefined;
  secret: Secret | undefined;
  /** `given`: it has a value. `empty`: it refers to a secret without one. `missing`: it refers to none. */
  state: 'given' | 'empty' | 'missing';
}

/** Each slot with what fills it, the missing ones that it cannot do without first. */
export function toSlotStates(
  slots: readonly SecretSlot[],
  references: readonly SecretReference[],
  secrets: readonly Secret[],
): SlotState[] {
  const rank = ({ state, slot }: SlotState) => (state === 'given' ? 2 : slot.required ? 0 : 1);
  return slots
    .map((slot): SlotState => {
      const reference = references.find(
        each => 'environmentVariable' in each && each.environmentVariable === slot.environmentVariable,
      );
      const secret = reference && secrets.find(({ id }) => id === reference.secretId);
      return {
        slot,
        reference,
        secret,
        state: !reference ? 'missing' : secret?.hasValue === false ? 'empty' : 'given',
      };
    })
    .sort((a, b) => rank(a) - rank(b));
}

/** References that no slot asks for: they are handed over all the same. */
export const extraReferences = (
  slots: readonly SecretSlot[],
  references: readonly SecretReference[],
): SecretReference[] =>
  references.filter(
    each =>
      !('environmentVariable' in each) || !slots.some(slot => slot.environmentVariable === each.environmentVariable),
  );
