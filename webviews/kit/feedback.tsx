// What every view shows while it waits, when there is nothing, and when something went wrong.
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Problem } from '../../shared/api/problem.ts';
import { announce } from './announcer.ts';
import { Button, Icon, IconButton } from './controls.tsx';
import type { Load } from './load.ts';
import { ServerText } from './text.tsx';
import './feedback.css';

/** For the eyes only: what runs is said in words beside it. */
export const Ring = () => <Icon name="loading" spin class="ring" />;

export const Loading = ({ what }: { what: string }) => (
  <div class="loading" role="status">
    <Ring />
    <span>Loading {what}…</span>
  </div>
);

interface EmptyProps {
  icon: string;
  title: string;
  /** True if nothing else is on the page, so that this is its heading. */
  alone?: boolean;
  children?: ComponentChildren;
}

export const Empty = ({ icon, title, alone = false, children }: EmptyProps) => (
  <div class="empty">
    <Icon name={icon} class="empty-icon" />
    {alone ? <h1>{title}</h1> : <p class="empty-title">{title}</p>}
    {children}
  </div>
);

interface ProblemNoticeProps {
  problem: Problem;
  severity?: 'error' | 'warning';
  onRetry?: (() => void) | undefined;
  onDismiss?: (() => void) | undefined;
  children?: ComponentChildren;
}

/** What happened, why, and what to do next. */
export function ProblemNotice({ problem, severity = 'error', onRetry, onDismiss, children }: ProblemNoticeProps) {
  return (
    <div class={`notice notice-${severity}`} role={severity === 'error' ? 'alert' : 'note'}>
      <Icon name={severity === 'error' ? 'error' : 'warning'} class="notice-icon" />
      <div class="notice-body">
        <p class="notice-title">
          {problem.title} <span class="code">{problem.code}</span>
        </p>
        <p>
          <ServerText text={problem.detail} />
        </p>
        {problem.next && (
          <p>
            <ServerText text={problem.next} />
          </p>
        )}
        {(onRetry || children) && (
          <div class="button-row">
            {onRetry && (
              <Button icon="refresh" onClick={onRetry}>
                Try again
              </Button>
            )}
            {children}
          </div>
        )}
      </div>
      {onDismiss && <IconButton icon="close" label="Dismiss" onClick={onDismiss} />}
    </div>
  );
}

interface NoteProps {
  icon?: string;
  tone?: 'info' | 'warning';
  children: ComponentChildren;
}

/** Something worth knowing that is not wrong. */
export const Note = ({ icon = 'info', tone = 'info', children }: NoteProps) => (
  <div class={`notice notice-${tone}`}>
    <Icon name={icon} class="notice-icon" />
    <div class="notice-body">{children}</div>
  </div>
);

interface LoadedProps<T> {
  load: Load<T>;
  what: string;
  children: (value: T) => ComponentChildren;
}

/** The three states of something read from the daemon. Old data stays visible under a failure of reading it again. */
export function Loaded<T>({ load, what, children }: LoadedProps<T>) {
  const value = load.value.value;
  const problem = load.problem.value;
  const retry = () => void load.reload();
  if (value === undefined)
    return problem ? <ProblemNotice problem={problem} onRetry={retry} /> : <Loading what={what} />;
  return (
    <>
      {problem && problem.code !== 'DAEMON_002' && <ProblemNotice problem={problem} onRetry={retry} />}
      {children(value)}
    </>
  );
}

/** Progress with its words; of unknown length without a value. */
export function Progress({ label, value }: { label: string; value: number | null }) {
  const percent = value === null ? undefined : Math.round(value * 100);
  // Said at the start and at each quarter: every step would drown out everything else.
  const quarter = percent === undefined ? label : Math.floor(percent / 25);
  useEffect(() => announce(label), [quarter]);
  return (
    <div class="progress">
      <div
        class={`progress-track ${percent === undefined ? 'progress-unknown' : ''}`}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        <progress
          class="progress-bar"
          aria-hidden="true"
          {...(percent === undefined ? {} : { value: percent, max: 100 })}
        />
      </div>
      <span class="progress-label">
        <span>
          <ServerText text={label} />
        </span>{' '}
        {percent !== undefined && <span>{percent} %</span>}
      </span>
    </div>
  );
}
