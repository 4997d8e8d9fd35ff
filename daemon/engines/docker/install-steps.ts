// The steps of an install as a person sees them, and what is told of each.
import type { OperationStep, Transfer } from '../../../shared/api/operations.ts';
import { isProblemError } from '../../../shared/api/problem.ts';
import type { InstallContext } from '../engine.ts';

export type StepId = 'check' | 'image' | 'profile' | 'settings';

export interface StepTellers {
  /** What is being done now, and how far: 0 to 1 of this step. */
  tell(what: string, fraction?: number | null, transfer?: Transfer): void;
}

export interface InstallSteps {
  /** Runs one step. `work` answers what there is to say of it; null: it was not needed. */
  run(id: StepId, work: (step: StepTellers) => Promise<string | { skipped: string }>): Promise<void>;
  /** What these steps had done was taken back. */
  undone(ids: readonly StepId[], detail: string): void;
  /** What these steps had done could not be taken back. */
  left(ids: readonly StepId[], detail: string): void;
}

/** How much of the whole each step is. */
const shares: Record<StepId, number> = { check: 0.02, image: 0.88, profile: 0.06, settings: 0.04 };

export function createInstallSteps(
  titles: Readonly<Record<StepId, string>>,
  { onProgress }: Pick<InstallContext, 'onProgress'>,
): InstallSteps {
  const ids = Object.keys(shares) as StepId[];
  const steps = new Map(
    ids.map((id): [StepId, OperationStep] => [id, { id, title: titles[id], state: 'waiting', detail: '' }]),
  );
  let before = 0;
  const report = (step: string, progress: number | null, transfer: Transfer | null = null) =>
    onProgress({ step, progress, steps: [...steps.values()], transfer });
  const change = (id: StepId, state: OperationStep['state'], detail: string) =>
    steps.set(id, { id, title: titles[id], state, detail: detail.slice(0, 1_000) });
  return {
    async run(id, work) {
      change(id, 'running', '');
      report(titles[id], before);
      try {
        const result = await work({
          tell: (what, fraction = null, transfer) =>
            report(what, fraction === null ? null : before + fraction * shares[id], transfer),
        });
        if (typeof result === 'string') change(id, 'done', result);
        else change(id, 'skipped', result.skipped);
      } catch (error) {
        change(id, 'failed', isProblemError(error) ? error.problem.detail : 'Something unexpected went wrong.');
        report(titles[id], before);
        throw error;
      }
      before = Math.min(1, before + shares[id]);
      report(titles[id], Math.min(before, 1));
    },
    undone(which, detail) {
      for (const id of which) if (steps.get(id)?.state !== 'waiting') change(id, 'undone', detail);
      report('Undone', before);
    },
    left(which, detail) {
      for (const id of which) change(id, 'failed', detail);
      report('Could not be undone', before);
    },
  };
}
