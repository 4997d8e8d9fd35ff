// Something that takes a while: its steps, its image's layers, and the ways to end it or to try it again.
import { hasEnded, type Operation, type OperationStep, type Transfer } from '../../shared/api/operations.ts';
import { useApp } from './app.ts';
import { Button, Icon } from './controls.tsx';
import { ProblemNotice, Progress } from './feedback.tsx';
import { formatBytes } from './format.ts';
import { ServerText } from './text.tsx';
import { useAct } from './use-act.ts';

const stepMarks: Record<OperationStep['state'], { icon: string; look: string; word: string }> = {
  waiting: { icon: 'circle-large-outline', look: 'state-quiet', word: 'waiting' },
  running: { icon: 'loading', look: 'state-busy', word: 'running' },
  done: { icon: 'check', look: 'state-good', word: 'done' },
  failed: { icon: 'error', look: 'state-bad', word: 'failed' },
  skipped: { icon: 'circle-slash', look: 'state-quiet', word: 'not needed' },
  undone: { icon: 'discard', look: 'state-warn', word: 'undone' },
};

/** An operation that runs, with its progress and the way to end it. */
export function RunningOperation({ operation }: { operation: Operation }) {
  const { api, live } = useApp();
  const act = useAct();
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
      <OperationSteps operation={operation} />
      {act.problem.value && <ProblemNotice problem={act.problem.value} onDismiss={act.dismiss} />}
    </div>
  );
}

/** Each step with its state, and below the one that pulls an image, its layers. */
export function OperationSteps({ operation: { steps, transfer, state } }: { operation: Operation }) {
  if (steps.length === 0) return transfer ? <Layers transfer={transfer} /> : null;
  const ended = state !== 'running' && state !== 'cancelling';
  return (
    <ol class="operation-steps" aria-label="Steps">
      {steps.map(step => (
        <li key={step.id} data-step={step.id} data-state={step.state}>
          <StepMark step={step} />
          <span class="step-title">
            <ServerText text={step.title} />
            <span class="only-heard">: {stepMarks[step.state].word}</span>
          </span>
          {step.detail !== '' && (
            <span class="quiet">
              <ServerText text={step.detail} />
            </span>
          )}
          {step.state === 'running' && transfer && !ended && <Layers transfer={transfer} />}
        </li>
      ))}
    </ol>
  );
}

const StepMark = ({ step: { state } }: { step: OperationStep }) => {
  const { icon, look } = stepMarks[state];
  return (
    <span class={`state ${look}`}>
      <Icon name={icon} spin={state === 'running'} />
    </span>
  );
};

const layerWords: Record<Transfer['layers'][number]['state'], string> = {
  waiting: 'waiting',
  downloading: 'downloading',
  extracting: 'extracting',
  done: 'done',
};

/** "12 MB of 40 MB, 3.1 MB/s" and a bar for each layer. */
export function Layers({ transfer: { bytes, totalBytes, bytesPerSecond, layers } }: { transfer: Transfer }) {
  return (
    <div class="layers">
      <p class="quiet" data-fact="transfer">
        {formatBytes(bytes)}
        {totalBytes !== null && ` of ${formatBytes(totalBytes)}`}
        {bytesPerSecond > 0 && `, ${formatBytes(bytesPerSecond)}/s`}
      </p>
      {layers.length > 0 && (
        <ul class="layer-list" aria-label="Layers">
          {layers.map(layer => (
            <li key={layer.id} data-layer={layer.id} data-state={layer.state}>
              <code>{layer.id.replace(/^sha256:/, '').slice(0, 12)}</code>
              <progress
                class="progress-bar"
                aria-label={`Layer ${layer.id.slice(0, 12)}`}
                max={layer.totalBytes ?? 1}
                value={layer.state === 'done' ? (layer.totalBytes ?? 1) : layer.totalBytes === null ? 0 : layer.bytes}
              />
              <span class="quiet">
                {layerWords[layer.state]}
                {layer.totalBytes !== null && layer.state === 'downloading' && `, ${formatBytes(layer.totalBytes)}`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const doneWords: Record<Operation['kind'], string> = {
  install: 'is installed',
  update: 'is updated',
  'roll-back': 'is what it was before the update',
  'pull-catalog': 'was pulled',
  'push-catalog': 'was pushed',
  'pull-profile': 'was pulled',
  'push-profile': 'was pushed',
  'pull-image': 'was pulled',
};

interface FollowedOperationProps {
  operation: Operation;
  /** Told of the operation that takes the place of this one. */
  onRetry?: (operation: Operation) => void;
  onDismiss?: () => void;
}

/** An operation from its start to its end, in one place: what it does, that it went well, or why it did not. */
export function FollowedOperation({ operation, onRetry, onDismiss }: FollowedOperationProps) {
  const { api } = useApp();
  const act = useAct();
  if (!hasEnded(operation)) return <RunningOperation operation={operation} />;
  const retry = () =>
    void act.run('retry', async () => onRetry?.(await api.retryOperation({ params: { id: operation.id } })));
  const refused = act.problem.value;
  if (refused) return <ProblemNotice problem={refused} onDismiss={act.dismiss} />;
  if (operation.problem && operation.state !== 'cancelled')
    return (
      <>
        <OperationSteps operation={operation} />
        <ProblemNotice
          problem={operation.problem}
          onRetry={operation.canRetry && onRetry ? retry : undefined}
          onDismiss={onDismiss}
        />
      </>
    );
  const good = operation.state === 'succeeded';
  return (
    <div class={`notice ${good ? 'notice-good' : 'notice-info'}`} role="status" data-state={operation.state}>
      <Icon name={good ? 'pass-filled' : 'circle-slash'} class={`notice-icon ${good ? 'state-good' : ''}`} />
      <div class="notice-body">
        <p>
          <ServerText text={operation.serverId ?? operation.title} />{' '}
          {good ? doneWords[operation.kind] : operation.state === 'cancelled' ? 'was cancelled.' : 'was interrupted.'}
          {!good && ' What it had done was undone.'}
        </p>
        {operation.canRetry && onRetry && !good && (
          <div class="button-row">
            <Button icon="refresh" busy={act.running.value !== undefined} onClick={retry}>
              Try again
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}
