// What every conversation pays for the tools that it is shown, and what can be done about it.
import { useState } from 'preact/hooks';
import type { ToolAdvice } from '../../shared/api/calls.ts';
import type { TokenCosts } from '../../shared/api/token-costs.ts';
import type { Tool } from '../../shared/api/tools.ts';
import { useApp } from '../kit/app.ts';
import { Button, Icon, PlaceLink } from '../kit/controls.tsx';
import { Empty, Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { countOf } from '../kit/format.ts';
import { useOwned } from '../kit/owned.ts';
import { PermittedButton, useWhyNot } from '../kit/permission.tsx';
import { useHeld, useSteady } from '../kit/steady.ts';
import { figures, Table } from '../kit/table.tsx';
import { ServerText } from '../kit/text.tsx';
import { Clashes } from './clashes.view.tsx';
import { type CostsState, createCostsState } from './costs.state.ts';

export function CostsTab() {
  const app = useApp();
  const state = useOwned(() => createCostsState(app));
  return (
    <>
      {state.act.problem.value && <ProblemNotice problem={state.act.problem.value} onDismiss={state.act.dismiss} />}
      {/* One after the other, so that nothing that is shown already is pushed down. */}
      <Loaded load={state.clashes} what="names that clash">
        {clashes => (
          <>
            <Clashes clashes={clashes} state={state} />
            <Loaded load={state.tools} what="the tools">
              {tools => (tools.length === 0 ? <NoTools /> : <ToolsAndAdvice tools={tools} state={state} />)}
            </Loaded>
          </>
        )}
      </Loaded>
    </>
  );
}

function NoTools() {
  const { host } = useApp();
  return (
    <Empty icon="tools" title="Clients are shown no tool">
      <p>Tools that are switched on, of servers that have run once, are listed here with what they cost.</p>
      <Button icon="library" onClick={() => host.open({ view: 'catalog' })}>
        Open the catalog
      </Button>
    </Empty>
  );
}

function ToolsAndAdvice({ tools, state }: { tools: readonly Tool[]; state: CostsState }) {
  const mayAdvise = useWhyNot('calls:read') === undefined;
  return (
    <Loaded load={state.costs} what="what they cost">
      {costs => (
        <>
          <Costs tools={tools} costs={costs} />
          {mayAdvise && (
            <Loaded load={state.advice} what="advice">
              {advice => <Advice advice={advice} state={state} />}
            </Loaded>
          )}
        </>
      )}
    </Loaded>
  );
}

const number = (value: number): string => value.toLocaleString();

const columns = ['At /mcp', 'Server', figures('Tokens')];

/** The most costly are what somebody comes for. */
const shownAtFirst = 20;

interface CostsProps {
  tools: readonly Tool[];
  costs: TokenCosts;
}

const byCost = (a: { tokens: number }, b: { tokens: number }): number => b.tokens - a.tokens;

function Costs({ tools, costs: { total, waiting, servers, profiles, countedWith } }: CostsProps) {
  const stopped = new Set(servers.filter(({ running }) => !running).map(({ serverId }) => serverId));
  const shown = tools.filter(({ serverId }) => !stopped.has(serverId)).length;
  const [all, setAll] = useState(false);
  return (
    <section class="section" aria-label="Costs">
      <h2>What the tools cost</h2>
      <p>
        <span class="cost-total" data-tokens={total}>
          {number(total)} tokens
        </span>{' '}
        <span class="quiet">
          in every conversation, for {countOf(shown, 'tool')} at /mcp now
          {waiting === 0 ? '' : '; some are still being counted'}
        </span>
      </p>
      <p class="quiet">Counted with {countedWith}. Tools of stopped servers are in no list, and not in this number.</p>
      <p class="facts">
        {servers.toSorted(byCost).map(({ serverId, tokens, running }) => (
          <span key={serverId}>
            {serverId} {number(tokens)}
            {running ? '' : ' (stopped)'}
          </span>
        ))}
      </p>
      {profiles.length > 0 && (
        <p class="facts">
          {profiles.toSorted(byCost).map(({ profile, tokens }) => (
            <span key={profile}>
              profile {profile} {number(tokens)}
            </span>
          ))}
        </p>
      )}
      <Table label="Tools and their costs" columns={columns}>
        {(all ? tools : tools.slice(0, shownAtFirst)).map(({ serverId, name, gatewayName, tokens }) => (
          <tr key={`${serverId} ${name}`}>
            <td>
              <PlaceLink to={{ view: 'tool', id: serverId, tool: name }}>
                <code>
                  <ServerText text={gatewayName ?? name} />
                </code>
              </PlaceLink>
              {gatewayName !== null && gatewayName !== name && (
                <span class="quiet">
                  {' '}
                  which the server calls{' '}
                  <code>
                    <ServerText text={name} />
                  </code>
                </span>
              )}
            </td>
            <td class="cost-server">
              {serverId}
              {stopped.has(serverId) && <span class="quiet"> (stopped)</span>}
            </td>
            <td class="number">{tokens === null ? '…' : number(tokens)}</td>
          </tr>
        ))}
      </Table>
      {tools.length > shownAtFirst && (
        <div class="button-row">
          <Button icon={all ? 'chevron-up' : 'chevron-down'} expanded={all} onClick={() => setAll(!all)}>
            {all ? 'Show the most costly' : `Show all ${tools.length} tools`}
          </Button>
        </div>
      )}
    </section>
  );
}

interface AdviceProps {
  advice: { items: ToolAdvice[]; tokens: number; detail: string };
  state: CostsState;
}

/** What is the same for all is said once above them. */
const wordsOfAdvice = ({ lastCalledAt, tokens }: ToolAdvice): string =>
  [
    lastCalledAt === null ? 'never called' : `last called ${new Date(lastCalledAt).toLocaleDateString()}`,
    tokens === null ? '' : `${number(tokens)} tokens`,
  ]
    .filter(Boolean)
    .join(', ');

function Advice({ advice: { items, detail }, state }: AdviceProps) {
  const { held, area } = useHeld();
  const [all, setAll] = useState(false);
  const rows = useSteady(
    all ? items : items.slice(0, shownAtFirst),
    ({ serverId, tool }) => `${serverId} ${tool}`,
    held,
  );
  return (
    <section class="section" aria-label="Tools that nobody uses">
      <h2>Tools that nobody uses</h2>
      <p class="quiet">{detail}</p>
      {rows.length > 0 && (
        <div class="rows" {...area}>
          {rows.map(({ key, item, gone }) => (
            <div key={key} class="row">
              <div class="row-main">
                <span class="row-title">
                  <ServerText text={item.tool} /> <span class="quiet">of {item.serverId}</span>
                </span>
                <span class="quiet">{wordsOfAdvice(item)}</span>
              </div>
              <div class="row-facts">
                {gone ? (
                  <span class="button-row state">
                    <Icon name="check" /> done
                  </span>
                ) : (
                  <PermittedButton
                    needs="servers:manage"
                    what="Switch a tool off"
                    icon="circle-slash"
                    busy={state.act.running.value === `off ${item.serverId} ${item.tool}`}
                    onClick={() => void state.hide(item)}
                  >
                    Switch off
                    <span class="only-heard"> {item.tool}</span>
                  </PermittedButton>
                )}
              </div>
            </div>
          ))}
        </div>
      )}
      {items.length > shownAtFirst && !all && (
        <div class="button-row">
          <Button icon="chevron-down" onClick={() => setAll(true)}>
            Show all {items.length}
          </Button>
        </div>
      )}
    </section>
  );
}
