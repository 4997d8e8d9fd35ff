// Names that tools of several servers share: what they are called now, and what a person may say about it.
import { useState } from 'preact/hooks';
import type { ClashFix, ToolClash } from '../../shared/api/tool-clashes.ts';
import { Button, Icon, PlaceLink } from '../kit/controls.tsx';
import { ServerText } from '../kit/text.tsx';
import type { CostsState } from './costs.state.ts';

interface ClashesProps {
  clashes: readonly ToolClash[];
  state: CostsState;
}

/** Two servers of one kind share all of their names: so many are shown at first. */
const fewest = 5;

/** Nothing at all where no names clash, and none ever did. */
export function Clashes({ clashes, state }: ClashesProps) {
  const [isWhole, setWhole] = useState(false);
  if (clashes.length === 0) return null;
  const open = clashes.filter(clash => clash.open);
  const decided = clashes.filter(clash => !clash.open);
  const shown = isWhole || open.length <= fewest + 1 ? open : open.slice(0, fewest);
  return (
    <section class="section" aria-label="Names that clash">
      <h2>Names that several servers use</h2>
      <p class="quiet">
        {open.length === 0
          ? 'Each of them is decided.'
          : 'They all work: the first keeps its name, the others have a longer one. Keep it so, or change it.'}
      </p>
      {open.length > 1 && (
        <div class="button-row">
          <Button
            asks="keepToolClash"
            icon="check-all"
            busy={state.act.running.value === 'keep all'}
            onClick={() => void state.keepAll(open)}
          >
            Keep all {open.length} as they are
          </Button>
        </div>
      )}
      {shown.map(clash => (
        <Clash key={clash.name} clash={clash} state={state} />
      ))}
      {shown.length < open.length && (
        <div class="button-row">
          <Button icon="chevron-down" onClick={() => setWhole(true)}>
            Show {open.length - shown.length} more names
          </Button>
        </div>
      )}
      {decided.length > 0 && (
        <details class="decided-clashes">
          <summary>Decided ({decided.length})</summary>
          {decided.map(clash => (
            <Clash key={clash.name} clash={clash} state={state} />
          ))}
        </details>
      )}
    </section>
  );
}

const ends: Record<ToolClash['answer'], string> = {
  kept: 'kept as it is',
  prefixed: 'ended by a longer name',
  renamed: 'ended by another name',
  hidden: 'ended by switching off',
};

function Clash({ clash, state }: { clash: ToolClash; state: CostsState }) {
  const { name, open, answer, decidedBy, tools } = clash;
  return (
    <article class="approval" aria-label={name}>
      <div class="row">
        <div class="row-main">
          <h3>
            <Icon name={open ? 'warning' : 'check'} />{' '}
            <code>
              <ServerText text={name} />
            </code>
          </h3>
          {!open && (
            <span class="quiet">
              {ends[answer]}
              {decidedBy !== null && ` by ${decidedBy}`}
            </span>
          )}
          {tools.map(tool => (
            <CalledNow key={`${tool.serverId} ${tool.tool}`} tool={tool} />
          ))}
        </div>
        <div class="button-row">
          {open && (
            <Button
              asks="keepToolClash"
              icon="check"
              busy={state.act.running.value === `keep ${name}`}
              onClick={() => void state.keep(clash)}
            >
              Keep these names
            </Button>
          )}
          {answer === 'kept' && (
            <Button
              asks="reopenToolClash"
              busy={state.act.running.value === `reopen ${name}`}
              onClick={() => void state.reopen(clash)}
            >
              Decide again
            </Button>
          )}
        </div>
      </div>
      {open && <Fixes tools={tools} state={state} />}
    </article>
  );
}

type Clashing = ToolClash['tools'][number];

const CalledNow = ({ tool: { serverId, tool, gatewayName, answer, installed } }: { tool: Clashing }) => (
  <span>
    <PlaceLink to={{ view: 'tool', id: serverId, tool }}>
      <ServerText text={tool} />
    </PlaceLink>{' '}
    <span class="quiet">
      of {serverId}{' '}
      {answer === 'hidden' ? (
        'is switched off'
      ) : (
        <>
          {installed ? 'is called' : 'would be called'}{' '}
          <code>
            <ServerText text={gatewayName} />
          </code>
        </>
      )}
    </span>
  </span>
);

const wordsOfFix = ({ change: { name, enabled } }: ClashFix): string =>
  enabled === false ? 'Switch off' : name ? `Call it ${name}` : 'Change it';

const hidesLast = (a: ClashFix, b: ClashFix): number => Number(a.kind === 'hide') - Number(b.kind === 'hide');

const Fixes = ({ tools, state }: { tools: readonly Clashing[]; state: CostsState }) => (
  <details>
    <summary>Change them</summary>
    {tools
      .filter(({ fixes }) => fixes.length > 0)
      .map(({ serverId, tool, fixes }) => (
        <div key={`${serverId} ${tool}`} class="row">
          <span class="row-main">
            <span>
              <ServerText text={tool} /> of {serverId}
            </span>
          </span>
          <div class="button-row">
            {fixes.toSorted(hidesLast).map(fix => (
              <Button
                key={fix.kind}
                asks="updateTool"
                hint={fix.detail}
                busy={state.act.running.value === `${fix.kind} ${fix.serverId} ${fix.tool}`}
                onClick={() => void state.fix(fix)}
              >
                {wordsOfFix(fix)}
              </Button>
            ))}
          </div>
        </div>
      ))}
  </details>
);
