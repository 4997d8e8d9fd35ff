// A person's decisions about calls that wait: one at a time.
import type { Approval } from '../../shared/api/approvals.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct } from '../kit/load.ts';

export interface Decisions {
  readonly deciding: Act;
  /** Allows exactly what was shown. */
  approve(approval: Approval, remember?: 'session' | 'always'): Promise<void>;
  deny(approval: Approval, reason: string): Promise<void>;
}

/** `decided` is called after each, also after one that was refused: then others were quicker. */
export function createDecisions({ api }: Pick<App, 'api'>, decided: () => void): Decisions {
  const deciding = createAct();
  return {
    deciding,
    async approve({ id, digest, tool }, remember) {
      await deciding.run(`${remember ?? 'once'} ${id}`, async () => {
        const body = { digest, ...(remember ? { remember } : {}) };
        await api.approveCall({ params: { id }, body });
        announce(`${tool} may be called.`);
      });
      decided();
    },
    async deny({ id, tool }, reason) {
      await deciding.run(`deny ${id}`, async () => {
        await api.denyCall({ params: { id }, body: { reason } });
        announce(`The call of ${tool} was denied.`);
      });
      decided();
    },
  };
}
