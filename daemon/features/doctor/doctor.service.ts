// The doctor: looks at everything that servers need, in order, and applies what it offers.

import type { DockerStatus } from '../../../shared/api/docker.ts';
import type { DoctorCheck, DoctorReport, SupportBundle } from '../../../shared/api/doctor.ts';
import { problem } from '../../../shared/api/problem.ts';
import { makeBundle } from './bundle.ts';
import type { Check } from './check.ts';
import { daemonChecks } from './checks/daemon.checks.ts';
import { choiceOfDocker, dockerChecks, unlessOff } from './checks/docker.checks.ts';
import { profileChecks } from './checks/profiles.checks.ts';
import { serverChecks } from './checks/servers.checks.ts';
import type { DoctorNeeds } from './doctor-needs.ts';
import { findFix } from './fixes.ts';
import { type Limits, runChecks, usualLimits } from './run-checks.ts';

export interface DoctorService {
  /** Never rejects for what it finds. */
  run(): Promise<DoctorReport>;
  /** Errors: DOCTOR_001, DOCTOR_002, and those of the fix itself. */
  fix(id: string): Promise<DoctorCheck>;
  bundle(): Promise<SupportBundle>;
}

export function createDoctor(needs: DoctorNeeds, limits: Limits = usualLimits): DoctorService {
  const run = async (wanted?: string): Promise<DoctorReport> => {
    const startedAt = new Date().toISOString();
    const start = performance.now();
    const checks = allChecks(needs);
    const rows = await runChecks(wanted === undefined ? checks : withNeeded(checks, wanted), {
      limits,
      now: () => performance.now(),
      onFailure: (error, id) => needs.onFailure(error, `doctor ${id}`),
    });
    return { state: worst(rows), checks: rows, startedAt, durationMs: Math.round(performance.now() - start) };
  };
  let running: Promise<DoctorReport> | undefined;
  const runOnce = (): Promise<DoctorReport> => {
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    run: runOnce,
    async fix(id) {
      const fix = findFix(id, needs);
      if (!fix) throw noFix(id);
      const note = await fix.apply();
      const { checks } = await run(fix.checks);
      const row = findRow(checks, fix.checks, fix.about);
      if (!row) throw noFix(id);
      if (note !== null) return { ...row, detail: note, fix: null };
      if (row.fix?.id === id || row.state === 'skipped') throw noHelp(row);
      return row;
    },
    bundle: async () => await makeBundle(await runOnce(), needs),
  };
}

/** Each run looks at Docker once, and anew. */
function allChecks(needs: DoctorNeeds): Check[] {
  let look: Promise<DockerStatus> | undefined;
  const lookOnce = () => {
    look ??= needs.docker.look();
    return look;
  };
  const ofDocker = [...dockerChecks(needs, lookOnce), ...profileChecks(needs, lookOnce)];
  return [
    ...daemonChecks(needs),
    choiceOfDocker(lookOnce),
    ...ofDocker.map(check => unlessOff(check, lookOnce)),
    ...serverChecks(needs, lookOnce),
  ];
}

/** One check with those that it needs, in their order. */
function withNeeded(checks: readonly Check[], id: string): Check[] {
  const wanted = new Set([id]);
  for (const check of checks.toReversed())
    if (wanted.has(check.id)) for (const each of check.after ?? []) wanted.add(each);
  return checks.filter(check => wanted.has(check.id));
}

/** The row that the fix is about; when all is well there is only the one of the whole check. */
const findRow = (rows: readonly DoctorCheck[], id: string, about: string | undefined): DoctorCheck | undefined =>
  rows.find(row => row.id === (about === undefined ? id : `${id}:${about}`)) ??
  rows.find(row => row.id === id) ??
  rows.findLast(row => row.id.startsWith(`${id}:`));

function worst(rows: readonly DoctorCheck[]): DoctorReport['state'] {
  if (rows.some(({ state }) => state === 'error')) return 'error';
  return rows.some(({ state }) => state === 'warning') ? 'warning' : 'ok';
}

const noFix = (id: string) =>
  problem('DOCTOR_001', {
    detail: `There is no fix "${id}".`,
    next: 'Run "quayside doctor" and take one that it offers.',
  });
const noHelp = ({ title, detail, cause }: DoctorCheck) =>
  problem('DOCTOR_002', {
    detail: `It is still not so: ${title}. ${cause ?? detail}`,
    next: 'Run "quayside doctor" for the cause.',
  });
