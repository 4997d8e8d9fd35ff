import type { DoctorCheck, DoctorReport } from '../../shared/api/doctor.ts';
import { useApp } from '../kit/app.ts';
import { Button, ExternalLink, Icon } from '../kit/controls.tsx';
import { CopyButton } from '../kit/copy-button.tsx';
import { Loaded, Note, ProblemNotice } from '../kit/feedback.tsx';
import { countOf, formatAgo, formatBytes, formatDuration } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { useOwned } from '../kit/owned.ts';
import { ServerText } from '../kit/text.tsx';
import { createDoctorState, type DoctorState, summaryOf } from './doctor.state.ts';
import './doctor.css';

const marks: Record<DoctorCheck['state'], { icon: string; look: string; word: string }> = {
  ok: { icon: 'pass-filled', look: 'state-good', word: 'well' },
  warning: { icon: 'warning', look: 'state-warn', word: 'warning' },
  error: { icon: 'error', look: 'state-bad', word: 'error' },
  skipped: { icon: 'circle-slash', look: 'state-quiet', word: 'skipped' },
};

/** Everything that servers need, checked in order: what is wrong, why, and the way to mend it. */
export function DoctorView() {
  const app = useApp();
  const state = useOwned(() => createDoctorState(app));
  return (
    <div class="view doctor-view">
      <header class="view-head view-head-line">
        <h1>
          <Icon name="pulse" /> Doctor
        </h1>
        <div class="button-row">
          {app.host.save && (
            <Button
              asks="makeSupportBundle"
              icon="file-zip"
              busy={state.bundling.running.value !== undefined}
              onClick={() => void state.makeBundle()}
            >
              Support bundle
            </Button>
          )}
          <Button kind="primary" icon="refresh" busy={state.report.loading.value} onClick={() => void state.examine()}>
            Check again
          </Button>
        </div>
      </header>
      <BundlePart state={state} />
      {state.fixing.problem.value && (
        <section class="section" aria-label="Problem">
          <ProblemNotice problem={state.fixing.problem.value} onDismiss={state.fixing.dismiss} />
        </section>
      )}
      <Loaded load={state.report} what="the report: this takes some seconds">
        {report => <Report report={report} state={state} />}
      </Loaded>
    </div>
  );
}

function BundlePart({ state }: { state: DoctorState }) {
  const { host } = useApp();
  const bundle = state.bundle.value;
  if (!host.save)
    return (
      <p class="quiet panel-bundle">
        For a support bundle, run the command “Quayside: Save Support Bundle...” or{' '}
        <code>quayside doctor --bundle</code>.
      </p>
    );
  if (state.bundling.problem.value)
    return <ProblemNotice problem={state.bundling.problem.value} onDismiss={state.bundling.dismiss} />;
  if (!bundle) return null;
  return (
    <section class="section" aria-label="Support bundle">
      <Note icon="file-zip">
        <p>
          <code>{bundle.fileName}</code> ({formatBytes(bundle.bytes)}) was downloaded. It holds no secrets. Look into it
          before you hand it on:
        </p>
        <ul class="bullets">
          {bundle.contents.map(({ name, about }) => (
            <li key={name}>
              <code>{name}</code> <span class="quiet">{about}</span>
            </li>
          ))}
        </ul>
      </Note>
    </section>
  );
}

function Report({ report, state }: { report: DoctorReport; state: DoctorState }) {
  const now = useNow(10_000);
  const troubled = state.troubled.value;
  const [bad, rest] = [true, false].map(wanted => report.checks.filter(({ id }) => troubled.has(id) === wanted));
  return (
    <section class="section" aria-label="Report" data-report={report.state}>
      <div class="tools-head">
        <p class={`state ${marks[report.state].look}`} role="status">
          <Icon name={marks[report.state].icon} /> {summaryOf(report)}
        </p>
        <span class="quiet" title={report.startedAt}>
          checked {formatAgo(report.startedAt, now)} in {formatDuration(report.durationMs)}
        </span>
      </div>
      {bad && bad.length > 0 && <Checks checks={bad} state={state} />}
      {rest && rest.length > 0 && (
        <details class="well" open={bad?.length === 0}>
          <summary>{countOf(rest.length, 'check')} without a problem</summary>
          <Checks checks={rest} state={state} />
        </details>
      )}
    </section>
  );
}

const Checks = ({ checks, state }: { checks: readonly DoctorCheck[]; state: DoctorState }) => (
  <ol class="rows">
    {checks.map(check => (
      <Check key={check.id} check={check} state={state} />
    ))}
  </ol>
);

function Check({ check, state }: { check: DoctorCheck; state: DoctorState }) {
  const { id, title, detail, cause, link, durationMs } = check;
  const mark = marks[check.state];
  return (
    <li class="row check-row" data-check={id} data-state={check.state}>
      <span class={`state ${mark.look}`}>
        <Icon name={mark.icon} />
        <span class="only-heard">{mark.word}</span>
      </span>
      <div class="row-main">
        <span class="row-title">
          <ServerText text={title} />
        </span>
        {detail && (
          <span class="check-text">
            <ServerText text={detail} />
          </span>
        )}
        {cause && (
          <span class="quiet check-text">
            <ServerText text={cause} />
          </span>
        )}
        <Remedy check={check} state={state} />
        {link && check.state !== 'ok' && (
          <span>
            <ExternalLink url={link}>Read more</ExternalLink>
          </span>
        )}
      </div>
      <span class="row-facts quiet">{formatDuration(durationMs)}</span>
    </li>
  );
}

/** A button where the daemon can mend it, a command where the person has to. */
function Remedy({ check, state }: { check: DoctorCheck; state: DoctorState }) {
  const { fix } = check;
  if (!fix || check.state === 'ok') return null;
  return (
    <div class="button-row remedy">
      {fix.id !== null ? (
        <Button
          asks="applyDoctorFix"
          kind="primary"
          icon="wrench"
          busy={state.fixing.running.value === fix.id}
          onClick={() => void state.fix(check)}
        >
          {fix.label}
        </Button>
      ) : (
        <span>
          <ServerText text={fix.label} />
        </span>
      )}
      {fix.command && (
        <span class="copy-line">
          <code>
            <ServerText text={fix.command} />
          </code>
          <CopyButton text={() => fix.command ?? ''} label={`Copy the command: ${check.title}`} />
        </span>
      )}
    </div>
  );
}
