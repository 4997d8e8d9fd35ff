import type { MCPServerDetail } from '../../shared/api/servers.ts';
import { useApp } from '../kit/app.ts';
import { ExternalLink, PlaceLink } from '../kit/controls.tsx';
import { CopyButton } from '../kit/copy-button.tsx';
import { formatAgo } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { StateMark } from '../kit/server-state.tsx';
import { ServerText } from '../kit/text.tsx';
import { TextBlock } from '../kit/text-block.tsx';

function GatewayFact({ profile }: { profile: string }) {
  const { live } = useApp();
  const gateway = live.gateways.value.value?.find(each => each.profile === profile);
  if (!gateway) return <>not known</>;
  return (
    <span class="facts">
      <StateMark state={gateway.state} />
      {gateway.changesWaiting && <span>changes wait for a restart</span>}
    </span>
  );
}

/** Where a server comes from, what is pinned, and what it says of itself. */
export function AboutTab({ server }: { server: MCPServerDetail }) {
  const now = useNow(60_000);
  const { source } = server;
  return (
    <>
      <dl class="fact-list">
        <dt>Name</dt>
        <dd>{server.id}</dd>
        {source.type === 'npm' && (
          <>
            <dt>Package</dt>
            <dd class="code">{source.package}</dd>
            <dt>Version</dt>
            <dd>
              {source.version} <span class="quiet">pinned</span>
            </dd>
            <dt>Integrity</dt>
            <dd class="integrity">
              <code>{source.integrity}</code>
              <CopyButton text={() => source.integrity} label="Copy the integrity value" />
            </dd>
          </>
        )}
        {source.type === 'command' && (
          <>
            <dt>Command</dt>
            <dd class="code">{source.command}</dd>
          </>
        )}
        {source.type === 'remote' && (
          <>
            <dt>Address</dt>
            <dd>
              <ExternalLink url={source.url}>{source.url}</ExternalLink>
            </dd>
          </>
        )}
        {source.type === 'image' && (
          <>
            <dt>Image</dt>
            <dd class="code">
              <ServerText text={source.image} />
            </dd>
            <dt>Digest</dt>
            <dd class="integrity">
              {source.digest === null ? (
                'not on this machine yet'
              ) : (
                <>
                  <code>{source.digest}</code>
                  <CopyButton text={() => source.digest ?? ''} label="Copy the digest" />
                </>
              )}
            </dd>
          </>
        )}
        {server.profile !== null && (
          <>
            <dt>Profile</dt>
            <dd>
              <PlaceLink to={{ view: 'profiles', profile: server.profile }}>{server.profile}</PlaceLink>
              {server.nameInProfile !== null && server.nameInProfile !== server.id && (
                <>
                  , where it is called <code>{server.nameInProfile}</code>
                </>
              )}
            </dd>
            <dt>Gateway</dt>
            <dd>
              <GatewayFact profile={server.profile} />
            </dd>
          </>
        )}
        <dt>Says it is</dt>
        <dd>{server.serverVersion === null ? 'not known yet' : <ServerText text={server.serverVersion} />}</dd>
        <dt>Protocol</dt>
        <dd>{server.protocolVersion === null ? 'not known yet' : <ServerText text={server.protocolVersion} />}</dd>
        <dt>Engine</dt>
        <dd>
          {server.engine}
          {server.isolated ? ', isolated' : ', not isolated: it runs with your rights on this machine'}
        </dd>
        <dt>From</dt>
        <dd>
          {server.catalogEntry === null ? (
            'not from the catalog'
          ) : (
            <>
              catalog entry{' '}
              <PlaceLink to={{ view: 'catalog', entry: server.catalogEntry }}>{server.catalogEntry}</PlaceLink>
            </>
          )}
        </dd>
        <dt>Added</dt>
        <dd title={new Date(server.createdAt).toLocaleString()}>{formatAgo(server.createdAt, now)}</dd>
      </dl>
      {server.instructions && (
        <>
          <h2>Instructions for clients</h2>
          <TextBlock label="Instructions">
            <ServerText text={server.instructions} />
          </TextBlock>
        </>
      )}
    </>
  );
}
