// Images and volumes with their sizes and users, and removing those that were ticked.
import { useState } from 'preact/hooks';
import type { DiskCleaned, DiskImage, DiskUse, DiskVolume } from '../../shared/api/containers.ts';
import { useApp } from '../kit/app.ts';
import { Confirm } from '../kit/confirm.tsx';
import { Badge, Button, Icon, PlaceLink } from '../kit/controls.tsx';
import { Empty, Loaded } from '../kit/feedback.tsx';
import { countOf, formatAgo, formatBytes } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { useOwned } from '../kit/owned.ts';
import { ServerText } from '../kit/text.tsx';
import { createDiskState, type DiskState, imageKey, isUnused, unusedImages, volumeKey } from './disk.state.ts';

export function DiskTab() {
  const app = useApp();
  const state = useOwned(() => createDiskState(app));
  return (
    <Loaded load={state.disk} what="what is on the disk">
      {disk =>
        disk.images.length + disk.volumes.length === 0 ? (
          <Empty icon="database" title="No image and no volume of an MCP server is on this machine" />
        ) : (
          <>
            <DiskHead disk={disk} state={state} />
            {state.cleaned.value && <Cleaned cleaned={state.cleaned.value} />}
            <Images images={disk.images} state={state} />
            <Volumes volumes={disk.volumes} state={state} />
          </>
        )
      }
    </Loaded>
  );
}

function DiskHead({ disk, state }: { disk: DiskUse; state: DiskState }) {
  const [asking, setAsking] = useState(false);
  const count = state.chosen.value.size;
  const unused = unusedImages(disk);
  const clean = async () => {
    await state.clean();
    if (!state.cleaning.problem.value) setAsking(false);
  };
  return (
    <div class="tools-head">
      <p class="quiet">
        {formatBytes(disk.totalBytes)} in all. Nothing needs {formatBytes(disk.reclaimableBytes)} of it.
      </p>
      <div class="button-row">
        <Button icon="checklist" disabled={unused.length === 0} onClick={state.chooseUnused}>
          Choose unused images
        </Button>
        <Button asks="cleanDisk" kind="primary" icon="trash" disabled={count === 0} onClick={() => setAsking(true)}>
          {count === 0 ? 'Remove' : `Remove ${count} (${formatBytes(state.chosenBytes.value)})`}
        </Button>
      </div>
      {asking && (
        <Confirm
          title={`Remove ${countOf(count, 'thing')}?`}
          act="Remove"
          busy={state.cleaning.running.value !== undefined}
          problem={state.cleaning.problem.value}
          onConfirm={() => void clean()}
          onClose={() => {
            setAsking(false);
            state.cleaning.dismiss();
          }}
        >
          <p>
            Images are pulled again when a server needs them. What is in a volume cannot be brought back. What something
            uses meanwhile is kept, and you are told.
          </p>
        </Confirm>
      )}
    </div>
  );
}

const Cleaned = ({ cleaned: { freedBytes, removed, kept } }: { cleaned: DiskCleaned }) => (
  <div class="notice notice-good" role="status">
    <Icon name="pass-filled" class="notice-icon state-good" />
    <div class="notice-body">
      <p>
        {formatBytes(freedBytes)} freed, {countOf(removed.length, 'thing')} removed.
      </p>
      {kept.length > 0 && (
        <>
          <p>{countOf(kept.length, 'thing')} kept:</p>
          <ul class="bullets">
            {kept.map(({ what, reason }) => (
              <li key={what}>
                <ServerText text={what} />{' '}
                <span class="quiet">
                  <ServerText text={reason} />
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  </div>
);

function UsedBy({ serverIds, containers }: Pick<DiskImage, 'serverIds' | 'containers'>) {
  if (serverIds.length === 0 && containers === 0) return <span>used by nothing</span>;
  return (
    <span>
      used by{' '}
      {serverIds.map((id, index) => (
        <span key={id}>
          {index > 0 && ', '}
          <PlaceLink to={{ view: 'server', id }}>{id}</PlaceLink>
        </span>
      ))}
      {containers > 0 && `${serverIds.length > 0 ? ' and ' : ''}${countOf(containers, 'container')}`}
    </span>
  );
}

interface ChoiceProps {
  label: string;
  name: string;
  disabled: boolean;
  state: DiskState;
}

const Choice = ({ label, name, disabled, state }: ChoiceProps) => (
  <input
    type="checkbox"
    class="checkbox"
    aria-label={label}
    checked={state.chosen.value.has(name)}
    disabled={disabled}
    onChange={event => state.choose(name, event.currentTarget.checked)}
  />
);

function Images({ images, state }: { images: DiskImage[]; state: DiskState }) {
  const now = useNow(60_000);
  return (
    <section class="section" aria-label="Images">
      <h2>
        Images <span class="tab-count">{images.length}</span>
      </h2>
      <ul class="rows">
        {images.map(image => {
          const name = image.references[0] ?? image.id.replace(/^sha256:/, '').slice(0, 12);
          return (
            <li key={image.id} class="row disk-row" data-image={image.id}>
              <Choice
                label={`Remove ${name}`}
                name={imageKey(image)}
                disabled={image.containers > 0 || image.serverIds.length > 0}
                state={state}
              />
              <div class="row-main">
                <span class="row-title code">
                  <ServerText text={name} />
                </span>
                <span class="facts">
                  <UsedBy {...image} />
                  <span title={image.createdAt}>made {formatAgo(image.createdAt, now)}</span>
                  {image.references.length > 1 && <span>{image.references.length} names</span>}
                  {image.keptForRollback && <Badge>kept to roll back</Badge>}
                  {isUnused(image, image.keptForRollback) && <Badge>unused</Badge>}
                </span>
              </div>
              <span class="row-facts">{formatBytes(image.bytes)}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Volumes({ volumes, state }: { volumes: DiskVolume[]; state: DiskState }) {
  if (volumes.length === 0) return null;
  return (
    <section class="section" aria-label="Volumes">
      <h2>
        Volumes <span class="tab-count">{volumes.length}</span>
      </h2>
      <ul class="rows">
        {volumes.map(volume => (
          <li key={volume.name} class="row disk-row" data-volume={volume.name}>
            <Choice
              label={`Remove the volume ${volume.name}`}
              name={volumeKey(volume)}
              disabled={volume.containers > 0 || volume.serverIds.length > 0}
              state={state}
            />
            <div class="row-main">
              <span class="row-title code">
                <ServerText text={volume.name} />
              </span>
              <span class="facts">
                <UsedBy {...volume} />
              </span>
            </div>
            <span class="row-facts">{volume.bytes === null ? 'size not known' : formatBytes(volume.bytes)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
