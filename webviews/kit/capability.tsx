// What Docker cannot do on this machine stays visible, greyed, and says why.
import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { DockerCapability } from '../../shared/api/docker.ts';
import { useApp } from './app.ts';
import { Button, type ButtonProps, IconButton } from './controls.tsx';
import { missingReason } from './missing-reason.ts';
import { ServerText } from './text.tsx';

export function useMissing(needs: DockerCapability): string | undefined {
  const { live } = useApp();
  return missingReason(live.docker.value.value, needs);
}

interface CapableButtonProps extends ButtonProps {
  needs: DockerCapability;
  /** What the button does, for the question why it cannot: "Import a profile". */
  what: string;
}

/** A button that is greyed where Docker cannot do it; the reason is a tooltip, and a text beside it for who asks. */
export function CapableButton({ needs, what, ...button }: CapableButtonProps) {
  const reason = useMissing(needs);
  if (reason === undefined) return <Button {...button} />;
  return (
    <Unavailable reason={reason} what={what}>
      <Button {...button} disabled />
    </Unavailable>
  );
}

interface UnavailableProps {
  reason: string;
  what: string;
  children: ComponentChildren;
}

export function Unavailable({ reason, what, children }: UnavailableProps) {
  const [shown, setShown] = useState(false);
  const id = useId();
  return (
    <span class="unavailable" title={reason}>
      {children}
      <IconButton icon="question" label={`Why not: ${what}`} pressed={shown} onClick={() => setShown(!shown)} />
      {shown && (
        <span class="unavailable-reason quiet" role="status" id={id}>
          <ServerText text={reason} />
        </span>
      )}
    </span>
  );
}

/** Instead of a whole place that Docker cannot offer here. */
export function MissingNote({ needs }: { needs: DockerCapability }) {
  const reason = useMissing(needs);
  return reason === undefined ? null : (
    <p class="quiet missing-note">
      <ServerText text={reason} />
    </p>
  );
}
