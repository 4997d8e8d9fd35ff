import { useEffect, useState } from 'preact/hooks';
import { announce } from './announcer.ts';
import { useApp } from './app.ts';
import { Button, IconButton } from './controls.tsx';

interface CopyButtonProps {
  /** Asked when clicked, so that a secret is fetched only then. */
  text: () => string | Promise<string>;
  label: string;
  /** Without it the button is an icon. */
  children?: string;
}

/** Copies and says so for two seconds. */
export function CopyButton({ text, label, children }: CopyButtonProps) {
  const { host } = useApp();
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 2_000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => {
    try {
      await host.copy(await text());
      setState('copied');
      announce('Copied.');
    } catch {
      setState('failed');
      announce('It could not be copied.');
    }
  };
  const icon = state === 'copied' ? 'check' : state === 'failed' ? 'error' : 'copy';
  const words = state === 'copied' ? 'Copied' : state === 'failed' ? 'Could not copy' : undefined;
  if (children === undefined) return <IconButton icon={icon} label={words ?? label} onClick={() => void copy()} />;
  return (
    <Button icon={icon} onClick={() => void copy()}>
      {words ?? children}
    </Button>
  );
}
