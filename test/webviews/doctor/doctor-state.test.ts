import assert from 'node:assert/strict';
import type { DoctorCheck, DoctorReport } from '../../../shared/api/doctor.ts';
import { createDoctorState, summaryOf, withCheck } from '../../../webviews/doctor/doctor.state.ts';
import { createCannedApp, until } from '../canned-api.ts';

const check = (id: string, state: DoctorCheck['state']): DoctorCheck => ({
  id,
  title: id,
  state,
  detail: '',
  cause: null,
  fix: state === 'error' ? { label: 'Mend it', id: `mend-${id}`, command: null } : null,
  link: null,
  durationMs: 1,
});
const report = (...checks: DoctorCheck[]): DoctorReport => ({
  state: 'error',
  checks,
  startedAt: '2026-01-01T00:00:00Z',
  durationMs: 10,
});
const bundle = {
  fileName: 'support.zip',
  mediaType: 'application/zip',
  base64: 'UEs=',
  bytes: 2,
  contents: [],
} as const;

describe('the doctor’s page', () => {
  const answers = {
    runDoctor: () => report(check('plugin', 'ok'), check('orphans', 'error')),
    applyDoctorFix: () => check('orphans', 'ok'),
    makeSupportBundle: () => bundle,
  };

  it('mends one thing and looks at that again, without running all checks', async () => {
    const app = createCannedApp(answers);
    const state = createDoctorState(app);
    const found = await until(() => state.report.value.value);
    const orphans = found.checks[1];
    assert.ok(orphans);
    await state.fix(orphans);
    assert.deepEqual(app.askedFor('applyDoctorFix')[0]?.body, { id: 'mend-orphans' });
    assert.equal(state.report.value.value?.state, 'ok');
    assert.equal(app.askedFor('runDoctor').length, 1);
    assert.deepEqual([...state.troubled.value], ['orphans'], 'what was mended stays where it was seen');
    state.close();
  });

  it('asks for no fix where the person has to do it', async () => {
    const app = createCannedApp(answers);
    const state = createDoctorState(app);
    await state.fix({ ...check('x', 'error'), fix: { label: 'Do it', id: null, command: 'docker context use x' } });
    assert.deepEqual(app.askedFor('applyDoctorFix'), []);
    state.close();
  });

  it('hands the support bundle over as a file', async () => {
    const app = createCannedApp(answers);
    const state = createDoctorState(app);
    await state.makeBundle();
    assert.deepEqual(app.saved, [{ name: 'support.zip', base64: 'UEs=' }]);
    state.close();
  });
});

describe('a report', () => {
  it('is as bad as its worst check', () => {
    const before = report(check('a', 'warning'), check('b', 'error'));
    assert.equal(withCheck(before, check('b', 'ok')).state, 'warning');
    assert.equal(withCheck(before, check('a', 'ok')).state, 'error');
  });
  it('is summed up in words', () => {
    assert.equal(summaryOf(report(check('a', 'ok'))), 'All is well.');
    assert.equal(
      summaryOf(report(check('a', 'error'), check('b', 'warning'), check('c', 'ok'))),
      '1 error, 1 warning, 1 well.',
    );
  });
});
