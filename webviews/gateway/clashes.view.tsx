// Names that tools of several servers share: what they are called now, and what a person may say about it.
import type { ClashFix, ToolClash } from '../../shared/api/tool-clashes.ts';
import { Button, Icon, PlaceLink } from '../kit/controls.tsx';
import { ServerText } from '../kit/text.tsx';
import type { CostsState } from './costs.state.ts';

interface ClashesProps {
  clashes: readonly ToolClash[];
  state: CostsState;
}

/** Nothing at all where no names clash, and none ever did. */
export function Clashes({ clashes, state }: ClashesProps) {
  if (clashes.length === 0) return null;
  const open = clashes.filter(clash => clash.open);
  const decided = clashes.filter(clash => !clash.open);
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
      {open.map(clash => (
        <Clash key={clash.name} clash={clash} state={state} />
      ))}
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
        <h3 class="row-main">
          <span>
            <Icon name={open ? 'warning' : 'check'} />{' '}
            <code>
              <ServerText text={name} />
            </code>
          </span>
          {!open && (
            <span class="quiet">
              {ends[answer]}
              {decidedBy !== null && ` by ${decidedBy}`}
            </span>
          )}
        </h3>
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
      {tools.map(tool => (
        <ClashingTool key={`${tool.serverId} ${tool.tool}`} tool={tool} open={open} state={state} />
      ))}
    </article>
  );
}

const wordsOfFix = ({ change: { name, enabled } }: ClashFix): string =>
  enabled === false ? 'Switch off' : name ? `Call it ${name}` : 'Change it';

const hidesLast = (a: ClashFix, b: ClashFix): number => Number(a.kind === 'hide') - Number(b.kind === 'hide');

interface ClashingToolProps {
  tool: ToolClash['tools'][number];
  open: boolean;
  state: CostsState;
}

function ClashingTool({
  tool: { serverId, tool, gatewayName, answer, installed, fixes },
  open,
  state,
}: ClashingToolProps) {
  return (
    <div class="row">
      <div class="row-main">
        <span>
          {serverId}:{' '}
          <PlaceLink to={{ view: 'tool', id: serverId, tool }}>
            <ServerText text={tool} />
          </PlaceLink>
        </span>
        {answer === 'hidden' ? (
          <span class="quiet">is switched off</span>
        ) : (
          <span class="quiet">
            {installed ? 'is called' : 'would be called'}{' '}
            <code>
              <ServerText text={gatewayName} />
            </code>
          </span>
        )}
      </div>
      <div class="button-row">
        {open &&
          fixes.toSorted(hidesLast).map(fix => (
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
  );
}
