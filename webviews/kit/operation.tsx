import { hasEnded, type Operation } from '../../shared/api/operations.ts';
import { useApp } from './app.ts';
import { Button } from './controls.tsx';
import { ProblemNotice, Progress } from './feedback.tsx';
import { createAct } from './load.ts';
import { useOwned } from './owned.ts';
import { ServerText } from './text.tsx';

/** An operation that runs, with its progress and the way to end it. */
export function RunningOperation({ operation }: { operation: Operation }) {
  const { api, live } = useApp();
  const act = useOwned(() => ({ ...createAct(), close() {} }));
  const cancel = () =>
    void act.run('cancel', async () => {
      const after = await api.cancelOperation({ params: { id: operation.id } });
      const known = live.operations.value.value ?? [];
      live.operations.set(known.map(other => (other.id === after.id ? after : other)));
    });
  return (
    <div class="operation" data-operation={operation.id} data-state={operation.state}>
      <div class="operation-line">
        <strong>
          <ServerText text={operation.title} />
        </strong>
        {!hasEnded(operation) && (
          <Button
            icon="close"
            busy={operation.state === 'cancelling' || act.running.value !== undefined}
            onClick={cancel}
          >
            {operation.state === 'cancelling' ? 'Cancelling' : 'Cancel'}
          </Button>
        )}
      </div>
      <Progress label={operation.step || 'Working'} value={operation.progress} />
      {act.problem.value && <ProblemNotice problem={act.problem.value} onDismiss={act.dismiss} />}
    </div>
  );
}
