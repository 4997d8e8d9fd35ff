import type { Sweep } from '../../shared/api/containers.ts';
import { useApp } from '../kit/app.ts';
import { CapableButton, MissingNote, useMissing } from '../kit/capability.tsx';
import { Button, Icon, IconButton } from '../kit/controls.tsx';
import { Empty, Loaded } from '../kit/feedback.tsx';
import { countOf } from '../kit/format.ts';
import { useOwned } from '../kit/owned.ts';
import { Tabs } from '../kit/tabs.tsx';
import { ServerText } from '../kit/text.tsx';
import { ContainerProblem, ContainerTable, useLiveStats } from './container-table.view.tsx';
import { type ContainersState, createContainersState } from './containers.state.ts';
import { DiskTab } from './disk.view.tsx';
import './containers.css';

/** What runs in containers now, and what images and volumes take on the disk. */
export function ContainersView() {
  const { host } = useApp();
  const { value } = host.location;
  const active = value.view === 'containers' && value.tab === 'disk' ? 'disk' : 'containers';
  return (
    <div class="view containers-view">
      <header class="view-head view-head-line">
        <h1>
          <Icon name="package" /> Containers
        </h1>
      </header>
      <Tabs
        label="Parts"
        tabs={[
          { id: 'containers', label: 'Containers' },
          { id: 'disk', label: 'Disk' },
        ]}
        active={active}
        onChange={tab => host.replace(tab === 'disk' ? { view: 'containers', tab } : { view: 'containers' })}
      >
        {active === 'disk' ? <DiskPart /> : <ContainersPart />}
      </Tabs>
    </div>
  );
}

const DiskPart = () => (useMissing('images') === undefined ? <DiskTab /> : <Missing needs="images" />);
const ContainersPart = () => (useMissing('containers') === undefined ? <Running /> : <Missing needs="containers" />);

const Missing = ({ needs }: { needs: 'images' | 'containers' }) => (
  <Empty icon="package" title="Docker’s engine is not there">
    <MissingNote needs={needs} />
  </Empty>
);

function Running() {
  const app = useApp();
  const state = useOwned(() => createContainersState(app));
  useLiveStats(state);
  return (
    <Loaded load={state.containers} what="the containers">
      {containers => {
        const orphans = containers.filter(({ owner }) => owner === 'orphan').length;
        return (
          <>
            <div class="tools-head">
              <p class="quiet">
                {countOf(containers.length, 'container')} of MCP servers
                {orphans > 0 && `, ${countOf(orphans, 'orphan')}`}. Read anew every 2 seconds while you look.
              </p>
              <CapableButton
                asks="sweepContainers"
                needs="containers"
                what="Sweep up orphans"
                icon="clear-all"
                busy={state.act.running.value === 'sweep'}
                onClick={() => void state.previewSweep()}
              >
                Sweep up orphans…
              </CapableButton>
            </div>
            {state.sweep.value && <SweepPart sweep={state.sweep.value} state={state} />}
            <ContainerProblem state={state} />
            {containers.length === 0 ? (
              <Empty icon="package" title="No container runs">
                <p>A server’s container is started with its gateway, or with its first call.</p>
              </Empty>
            ) : (
              <ContainerTable containers={containers} state={state} />
            )}
          </>
        );
      }}
    </Loaded>
  );
}

/** First what would be removed and what would stay; then what was. */
function SweepPart({ sweep: { removed, left, dryRun }, state }: { sweep: Sweep; state: ContainersState }) {
  return (
    <section class="section open-section" aria-label="Sweep">
      <div class="tools-head">
        <p role="status">
          {dryRun
            ? removed.length === 0
              ? 'There is nothing to sweep up.'
              : `${countOf(removed.length, 'container')} would be removed:`
            : `${countOf(removed.length, 'container')} removed.`}
        </p>
        <IconButton icon="close" label="Close" onClick={state.forgetSweep} />
      </div>
      {removed.length > 0 && (
        <ul class="change-list" aria-label="Removed">
          {removed.map(({ id, server, image }) => (
            <li key={id}>
              <Icon name="trash" /> <ServerText text={server} />{' '}
              <span class="quiet">
                <ServerText text={image} /> <code>{id.slice(0, 12)}</code>
              </span>
            </li>
          ))}
        </ul>
      )}
      {left.length > 0 && (
        <>
          <p class="quiet">These stay:</p>
          <ul class="change-list" aria-label="Kept">
            {left.map(({ id, server, reason }) => (
              <li key={id}>
                <Icon name="shield" /> <ServerText text={server} />{' '}
                <span class="quiet">
                  <ServerText text={reason} />
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {dryRun && removed.length > 0 && (
        <div class="button-row">
          <Button
            kind="primary"
            icon="trash"
            busy={state.act.running.value === 'sweep'}
            onClick={() => void state.runSweep()}
          >
            Remove {countOf(removed.length, 'container')}
          </Button>
          <Button onClick={state.forgetSweep}>Cancel</Button>
        </div>
      )}
    </section>
  );
}
