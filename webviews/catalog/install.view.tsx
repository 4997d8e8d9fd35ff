// What a form of the catalog shows below its button: progress, the end, or what went wrong and the way on.
import { useEffect, useRef } from 'preact/hooks';
import { hasEnded, type Operation } from '../../shared/api/operations.ts';
import type { Problem } from '../../shared/api/problem.ts';
import { announce } from '../kit/announcer.ts';
import { useApp } from '../kit/app.ts';
import { Button, Icon } from '../kit/controls.tsx';
import { ProblemNotice } from '../kit/feedback.tsx';
import { RunningOperation } from '../kit/operation.tsx';
import type { InstallState } from './install.state.ts';

export function InstallProgress({ state }: { state: InstallState }) {
  const operation = state.operation.value;
  const refused = state.act.problem.value;
  return (
    <div class="install-progress">
      {refused && refused.code !== 'REQUEST_001' && (
        <ProblemNotice problem={refused} onRetry={retryOf(state)} onDismiss={state.act.dismiss} />
      )}
      {operation && !refused && <OperationEnd state={state} operation={operation} />}
    </div>
  );
}

const retryOf = (state: InstallState) => {
  const asked = state.asked.value;
  return asked ? () => void state.install(asked) : undefined;
};

function OperationEnd({ state, operation }: { state: InstallState; operation: Operation }) {
  const { host } = useApp();
  const { serverId, problem } = operation;
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (operation.state !== 'succeeded') return;
    announce(`${serverId} is installed.`);
    // The form is gone, and with it the focus of who sent it.
    if (document.activeElement === document.body) end.current?.querySelector<HTMLElement>('vscode-button')?.focus();
  }, [operation.state, serverId]);
  if (!hasEnded(operation)) return <RunningOperation operation={operation} />;
  if (operation.state === 'succeeded')
    return (
      <div class="notice notice-good" role="status" ref={end}>
        <Icon name="pass-filled" class="notice-icon state-good" />
        <div class="notice-body">
          <p class="notice-title">{serverId} is installed</p>
          <div class="button-row">
            {serverId !== null && (
              <Button kind="primary" icon="server-process" onClick={() => host.open({ view: 'server', id: serverId })}>
                Open {serverId}
              </Button>
            )}
          </div>
        </div>
      </div>
    );
  if (problem?.code === 'INSTALL_006') return <ScriptsChoice state={state} problem={problem} />;
  if (operation.state === 'cancelled')
    return (
      <div class="notice notice-info" role="status">
        <Icon name="circle-slash" class="notice-icon" />
        <div class="notice-body">
          <p>The installation was cancelled. Nothing of it was kept.</p>
        </div>
      </div>
    );
  return problem ? (
    <ProblemNotice problem={problem} onRetry={retryOf(state)} />
  ) : (
    <div class="notice notice-warning" role="status">
      <Icon name="warning" class="notice-icon" />
      <div class="notice-body">
        <p>The installation was interrupted, because the daemon ended. Nothing of it was kept.</p>
        {state.asked.value && (
          <div class="button-row">
            <Button asks="retryOperation" icon="refresh" onClick={retryOf(state)}>
              Try again
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

function ScriptsChoice({ state, problem }: { state: InstallState; problem: Problem }) {
  const { asked } = state;
  const allow = () => {
    if (asked.value) void state.install({ ...asked.value, allowScripts: true });
  };
  return (
    <ProblemNotice problem={problem} severity="warning">
      <div class="choice">
        <p>
          Install scripts are programs of a package that run once while it is installed, with your rights on this
          machine. Most packages need none; some use them to build or fetch a part that they cannot work without. Allow
          them only if you trust this package and those it needs. Nothing was installed so far.
        </p>
        {asked.value ? (
          <div class="button-row">
            <Button kind="primary" onClick={allow}>
              Install and run its scripts
            </Button>
          </div>
        ) : (
          <p>To allow them, send the form again with the box for install scripts ticked.</p>
        )}
      </div>
    </ProblemNotice>
  );
}
