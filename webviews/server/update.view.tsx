// Another version in the catalog, the way to it, and the way back.
import type { MCPServerDetail } from '../../shared/api/servers.ts';
import { useApp } from '../kit/app.ts';
import { Button } from '../kit/controls.tsx';
import { Note, ProblemNotice } from '../kit/feedback.tsx';
import { createFollowed } from '../kit/follow-operation.ts';
import { FollowedOperation } from '../kit/operation.tsx';
import { useOwned } from '../kit/owned.ts';
import { ServerText } from '../kit/text.tsx';
import { useAct } from '../kit/use-act.ts';

export function UpdatePart({ server }: { server: MCPServerDetail }) {
  const { api, live } = useApp();
  const act = useAct();
  const { id, update, canRollBack } = server;
  const followed = useOwned(() => ({
    ...createFollowed(live, ({ serverId, kind }) => serverId === id && (kind === 'update' || kind === 'roll-back')),
    close() {},
  }));
  const ask = (kind: 'update' | 'roll-back') =>
    void act.run(kind, async () => followed.follow(await api.createOperation({ body: { kind, serverId: id } })));
  const operation = followed.operation.value;
  if (operation)
    return <FollowedOperation operation={operation} onRetry={followed.follow} onDismiss={followed.forget} />;
  if (!update && !canRollBack) return null;
  return (
    <>
      {act.problem.value && <ProblemNotice problem={act.problem.value} onDismiss={act.dismiss} />}
      <Note icon={update ? 'arrow-circle-up' : 'history'}>
        {update ? (
          <>
            <p class="notice-title">An update is available</p>
            <p>
              <code>
                <ServerText text={update.from} />
              </code>{' '}
              becomes{' '}
              <code>
                <ServerText text={update.to} />
              </code>
            </p>
            {update.detail && (
              <p>
                <ServerText text={update.detail} />
              </p>
            )}
            <p class="quiet">Settings, secrets and the choice of tools stay.</p>
          </>
        ) : (
          <p>What it was before its last update is still known.</p>
        )}
        <div class="button-row">
          {update && (
            <Button
              asks="createOperation"
              kind="primary"
              icon="arrow-circle-up"
              busy={act.running.value === 'update'}
              onClick={() => ask('update')}
            >
              Update
            </Button>
          )}
          {canRollBack && (
            <Button
              asks="createOperation"
              icon="discard"
              busy={act.running.value === 'roll-back'}
              onClick={() => ask('roll-back')}
            >
              Roll back
            </Button>
          )}
        </div>
      </Note>
    </>
  );
}
