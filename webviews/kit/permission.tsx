// What somebody may not do stays visible, greyed, and says why. The daemon decides; this only spares the attempt.
import type { ComponentChildren } from 'preact';
import type { Permission } from '../../shared/api/route.ts';
import { useApp } from './app.ts';
import { Unavailable } from './capability.tsx';
import { Button, type ButtonProps } from './controls.tsx';
import { Empty, Loading, Note } from './feedback.tsx';
import { isKnown } from './permitted-load.ts';
import { whyNot } from './why-not.ts';

/** Why the person who looks may not do it; undefined if it may. */
export function useWhyNot(needs: Permission): string | undefined {
  const { live } = useApp();
  return whyNot(live.session.value.value, needs);
}

interface PermittedButtonProps extends ButtonProps {
  needs: Permission;
  /** What the button does, for the question why it cannot: "Add a user". */
  what: string;
}

export function PermittedButton({ needs, what, ...button }: PermittedButtonProps) {
  const reason = useWhyNot(needs);
  if (reason === undefined) return <Button {...button} />;
  return (
    <Unavailable reason={reason} what={what}>
      <Button {...button} disabled />
    </Unavailable>
  );
}

/** Said once where a list's acts are all greyed. */
export function LookOnly({ needs }: { needs: Permission }) {
  const reason = useWhyNot(needs);
  return reason === undefined ? null : (
    <div class="look-only">
      <Note icon="lock">
        <p>You see this and cannot change it. {reason}</p>
      </Note>
    </div>
  );
}

/** Shows its content to those who may see it, and to all others why they may not. */
export function Permitted({ needs, what, children }: { needs: Permission; what: string; children: ComponentChildren }) {
  const { live } = useApp();
  const reason = useWhyNot(needs);
  // What is shown asks the daemon at once, and a refusal would be recorded as one.
  if (!isKnown(live)) return <Loading what={what} />;
  if (reason === undefined) return <>{children}</>;
  return (
    <Empty icon="lock" title={`You may not see ${what}`}>
      <p>{reason}</p>
    </Empty>
  );
}
