// What a server offers: tools with the allow-list's boxes, resources and prompts.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Resource } from '../../shared/api/contents.ts';
import type { MCPServerDetail } from '../../shared/api/servers.ts';
import type { Tool } from '../../shared/api/tools.ts';
import { toVisibleText } from '../../shared/domain/visible-text.ts';
import { useMissing } from '../kit/capability.tsx';
import { Badge, Button, Icon, PlaceLink } from '../kit/controls.tsx';
import { Empty, Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { Field, TextInput } from '../kit/fields.tsx';
import { countOf } from '../kit/format.ts';
import type { Load } from '../kit/load.ts';
import { ServerText } from '../kit/text.tsx';
import { ReadButton, ReadContents, useReading } from '../tool/reading.view.tsx';
import { PromptRow } from './prompt.view.tsx';
import { TemplateRow } from './read-resource.view.tsx';
import type { ServerState } from './server.state.ts';

interface TabProps {
  server: MCPServerDetail;
  state: ServerState;
}

const filterFrom = 12;

export function ToolsTab({ server, state }: TabProps) {
  const [filter, setFilter] = useState('');
  const missing = useMissing('tool-selection');
  const locked = server.engine === 'docker' ? missing : undefined;
  return (
    <Loaded load={state.tools} what="the tools">
      {tools => {
        if (tools.length === 0) return <NoTools server={server} />;
        const wanted = filter.trim().toLowerCase();
        const shown = tools.filter(tool =>
          `${tool.name} ${tool.title} ${tool.description}`.toLowerCase().includes(wanted),
        );
        return (
          <>
            <ToolsHead tools={tools} shown={shown} state={state} locked={locked} />
            {tools.length >= filterFrom && (
              <Field label="Filter">
                <TextInput type="search" value={filter} onInput={setFilter} placeholder="Name or purpose" />
              </Field>
            )}
            {state.switching.problem.value && (
              <ProblemNotice problem={state.switching.problem.value} onDismiss={state.switching.dismiss} />
            )}
            <ul class="rows">
              {shown.map(tool => (
                <ToolRow key={tool.name} tool={tool} state={state} locked={locked} />
              ))}
            </ul>
            {shown.length === 0 && <p class="quiet">No tool fits the filter.</p>}
          </>
        );
      }}
    </Loaded>
  );
}

const NoTools = ({ server }: { server: MCPServerDetail }) =>
  server.toolCount === null ? (
    <Empty icon="tools" title="The tools are not known yet">
      <p>Start the server once: what it offers is then shown here.</p>
    </Empty>
  ) : (
    <Empty icon="tools" title="This server has no tools" />
  );

interface ToolsProps {
  state: ServerState;
  /** Why the boxes cannot be changed. */
  locked: string | undefined;
}

function ToolsHead({ tools, shown, state, locked }: ToolsProps & { tools: Tool[]; shown: Tool[] }) {
  const on = tools.filter(tool => tool.enabled).length;
  const kept = tools.filter(tool => tool.quarantined).length;
  const switchAll = (enabled: boolean) =>
    state.switchTools(
      shown.filter(tool => tool.enabled !== enabled).map(({ name }) => name),
      enabled,
    );
  const busy = state.switching.running.value === '*';
  return (
    <div class="tools-head">
      <p class="quiet">
        {on === tools.length ? `All ${countOf(on, 'tool')} on.` : `${on} of ${countOf(tools.length, 'tool')} on.`} A
        tool that is off is neither listed for clients nor callable.
        {locked !== undefined && <> {locked}</>}
        {kept > 0 && (
          <>
            {' '}
            {countOf(kept, 'tool is', 'tools are')} in quarantine, as if off:{' '}
            <PlaceLink to={{ view: 'gateway', tab: 'changes' }}>look at what has changed</PlaceLink>.
          </>
        )}
      </p>
      <div class="button-row">
        <Button
          asks="updateTool"
          disabled={locked !== undefined || on === tools.length}
          busy={busy}
          onClick={() => switchAll(true)}
        >
          All on
        </Button>
        <Button
          asks="updateTool"
          disabled={locked !== undefined || on === 0}
          busy={busy}
          onClick={() => switchAll(false)}
        >
          All off
        </Button>
      </div>
    </div>
  );
}

function ToolRow({ tool, state, locked }: ToolsProps & { tool: Tool }) {
  const { readOnly, destructive } = tool.annotations;
  return (
    <li class="row tool-row" data-tool={tool.name}>
      <input
        type="checkbox"
        class="checkbox"
        aria-label={`${toVisibleText(tool.name)} is on`}
        checked={tool.enabled}
        disabled={locked !== undefined}
        title={locked}
        onChange={event => {
          const wanted = event.currentTarget.checked;
          event.currentTarget.checked = tool.enabled;
          state.switchTools([tool.name], wanted);
        }}
      />
      <div class="row-main">
        <span class="tool-names">
          <PlaceLink to={{ view: 'tool', id: tool.serverId, tool: tool.name }} class="row-title">
            <ServerText text={tool.name} />
          </PlaceLink>
          {readOnly === true && <Badge>reads only</Badge>}
          {destructive === true && readOnly !== true && <Badge>may destroy data</Badge>}
          {tool.quarantined && <Badge>in quarantine</Badge>}
        </span>
        <span class="row-text">
          <ServerText text={tool.description || tool.title || ''} />
        </span>
      </div>
      {tool.tokens !== null && (
        <span class="quiet tool-tokens" title="What its definition costs in every conversation">
          {tool.tokens} tokens
        </span>
      )}
      <Icon name="chevron-right" class="row-chevron" />
    </li>
  );
}

interface OfferListProps<T> extends TabProps {
  load: Load<T[]>;
  what: string;
  icon: string;
  children: (item: T) => ComponentChildren;
}

function OfferList<T>({ server, load, what, icon, children }: OfferListProps<T>) {
  if (server.state !== 'running')
    return (
      <Empty icon={icon} title={`The ${what} are shown while the server runs`}>
        <p>Start it to see them.</p>
      </Empty>
    );
  return (
    <Loaded load={load} what={`the ${what}`}>
      {items =>
        items.length === 0 ? (
          <Empty icon={icon} title={`This server offers no ${what}`} />
        ) : (
          <ul class="rows">{items.map(children)}</ul>
        )
      }
    </Loaded>
  );
}

export const ResourcesTab = (props: TabProps) => (
  <>
    <OfferList {...props} load={props.state.resources} what="resources" icon="file">
      {resource => <ResourceRow key={resource.uri} resource={resource} serverId={props.server.id} />}
    </OfferList>
    {props.server.state === 'running' && <Templates {...props} />}
  </>
);

function ResourceRow({ resource, serverId }: { resource: Resource; serverId: string }) {
  const reading = useReading(serverId);
  return (
    <li class="row" data-resource={resource.uri}>
      <div class="row-main">
        <span class="row-title">
          <ServerText text={resource.title ?? resource.name} />
        </span>
        <span class="row-text code">
          <ServerText text={resource.uri} />
        </span>
        {resource.description && (
          <span class="row-text">
            <ServerText text={resource.description} />
          </span>
        )}
      </div>
      {resource.mimeType && (
        <span class="quiet">
          <ServerText text={resource.mimeType} />
        </span>
      )}
      <ReadButton uri={resource.uri} reading={reading} />
      <ReadContents reading={reading} class="row-below" />
    </li>
  );
}

const Templates = ({ server, state }: TabProps) => (
  <Loaded load={state.templates} what="the templates">
    {templates =>
      templates.length === 0 ? null : (
        <section class="section" aria-label="Templates">
          <h2>Templates</h2>
          <ul class="rows">
            {templates.map(template => (
              <TemplateRow key={template.uriTemplate} template={template} serverId={server.id} />
            ))}
          </ul>
        </section>
      )
    }
  </Loaded>
);

export const PromptsTab = (props: TabProps) => (
  <OfferList {...props} load={props.state.prompts} what="prompts" icon="comment">
    {prompt => <PromptRow key={prompt.name} prompt={prompt} serverId={props.server.id} />}
  </OfferList>
);
