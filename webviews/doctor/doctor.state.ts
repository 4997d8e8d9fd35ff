// The doctor's report, its fixes one at a time, and the bundle for a helper.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { DoctorCheck, DoctorReport, SupportBundle } from '../../shared/api/doctor.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';

export interface DoctorState {
  readonly report: Load<DoctorReport>;
  /** Runs under the id of the fix. */
  readonly fixing: Act;
  readonly bundling: Act;
  readonly bundle: ReadonlySignal<SupportBundle | undefined>;
  /** Checks that were not well when all were made last; a mended one stays among them, so that it is seen. */
  readonly troubled: ReadonlySignal<ReadonlySet<string>>;
  examine(): Promise<void>;
  fix(check: DoctorCheck): Promise<void>;
  makeBundle(): Promise<void>;
  close(): void;
}

export function createDoctorState({ api, host }: Pick<App, 'api' | 'host'>): DoctorState {
  const report = createLoad(abort => api.runDoctor({}, { signal: abort }));
  const [fixing, bundling] = [createAct(), createAct()];
  const bundle = signal<SupportBundle | undefined>(undefined);
  const troubled = signal<ReadonlySet<string>>(new Set());
  const examine = async () => {
    await report.reload();
    const found = report.value.value?.checks ?? [];
    troubled.value = new Set(found.filter(({ state }) => state === 'error' || state === 'warning').map(({ id }) => id));
  };
  void examine();
  return {
    report,
    troubled,
    fixing,
    bundling,
    bundle,
    async examine() {
      fixing.dismiss();
      await examine();
      const found = report.value.value;
      if (found) announce(summaryOf(found));
    },
    async fix({ fix, title }) {
      const id = fix?.id;
      if (!id) return;
      await fixing.run(id, async () => {
        const after = await api.applyDoctorFix({ body: { id } });
        const before = report.value.value;
        if (before) report.set(withCheck(before, after));
        announce(after.state === 'ok' ? `${title}: it is well now.` : `${title}: it is not well yet.`);
      });
    },
    async makeBundle() {
      const made = await bundling.run('bundle', () => api.makeSupportBundle());
      if (!made) return;
      bundle.value = made;
      host.save?.({ name: made.fileName, mediaType: made.mediaType, base64: made.base64 });
      announce('The support bundle was made.');
    },
    close: report.close,
  };
}

/** The report with one check made again, and its state as that of its worst check. */
export function withCheck(report: DoctorReport, check: DoctorCheck): DoctorReport {
  const checks = report.checks.map(each => (each.id === check.id ? check : each));
  const has = (state: DoctorCheck['state']) => checks.some(each => each.state === state);
  return { ...report, checks, state: has('error') ? 'error' : has('warning') ? 'warning' : 'ok' };
}

export function summaryOf({ checks }: DoctorReport): string {
  const count = (state: DoctorCheck['state']) => checks.filter(each => each.state === state).length;
  const [errors, warnings, skipped] = [count('error'), count('warning'), count('skipped')];
  if (errors + warnings === 0)
    return skipped === 0 ? 'All is well.' : `All is well that could be checked; ${skipped} skipped.`;
  const parts = [
    errors > 0 && `${errors} ${errors === 1 ? 'error' : 'errors'}`,
    warnings > 0 && `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
    `${count('ok')} well`,
    skipped > 0 && `${skipped} skipped`,
  ];
  return `${parts.filter(Boolean).join(', ')}.`;
}
