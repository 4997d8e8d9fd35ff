// One block of what a server gave: never markup, never longer than a person and a browser can bear.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { ContentBlock } from '../../shared/api/tool-calls.ts';
import { toVisibleText } from '../../shared/domain/visible-text.ts';
import { useApp } from '../kit/app.ts';
import { Button, ExternalLink, Icon } from '../kit/controls.tsx';
import { formatBytes } from '../kit/format.ts';
import { ServerText } from '../kit/text.tsx';
import { TextBlock } from '../kit/text-block.tsx';
import { prettyJson, type ShownBlock, toShownBlock } from './content-block.ts';

const shownText = 20_000;

export interface BlockProps {
  block: ContentBlock;
  /** What the part is called for those who hear it. */
  label: string;
  name: string;
}

/** `children`: what a person may do with it, below it. */
export function BlockView({ block, label, name, children }: BlockProps & { children?: ComponentChildren }) {
  const shown = toShownBlock(block);
  return (
    <div class="block" data-block={shown.kind}>
      <Block shown={shown} block={block} label={label} name={name} />
      {children}
    </div>
  );
}

function Block({ shown, block, label, name }: BlockProps & { shown: ShownBlock }) {
  switch (shown.kind) {
    case 'text':
      return <TextContent text={shown.text} label={label} name={name} />;
    case 'image':
      return (
        <figure class="image-block">
          <img src={shown.source} alt="Given by the server" />
          <figcaption class="quiet">
            {shown.mimeType}, {formatBytes(shown.bytes)}
          </figcaption>
        </figure>
      );
    case 'audio':
      return <SoundBlock shown={shown} block={block} label={label} name={name} />;
    case 'link':
      return <LinkBlock shown={shown} />;
    case 'resource':
      return (
        <>
          <ResourceHead uri={shown.uri} mimeType={shown.mimeType} />
          <TextContent text={shown.text} label={label} name={name} />
        </>
      );
    case 'blob':
      return (
        <>
          <ResourceHead uri={shown.uri} mimeType={shown.mimeType} />
          <Unshown text={`Binary data, ${formatBytes(shown.bytes)}.`} block={block} name={name} />
        </>
      );
    case 'other':
      return (
        <>
          <h3>
            <ServerText text={shown.type.slice(0, 100)} />
          </h3>
          <LongText text={JSON.stringify(block, null, 2)} label={label} language="json" name={name} />
        </>
      );
  }
}

function SoundBlock({ shown, ...rest }: BlockProps & { shown: Extract<ShownBlock, { kind: 'audio' }> }) {
  const facts = `${shown.mimeType || 'of unknown type'}, ${formatBytes(shown.bytes)}`;
  if (shown.source === '') return <Unshown text={`Sound (${facts}).`} {...rest} />;
  return (
    <figure class="image-block">
      {/* biome-ignore lint/a11y/useMediaCaption: a server gives sound without a text */}
      <audio controls preload="metadata" src={shown.source} aria-label="Sound given by the server" />
      <figcaption class="quiet">{facts}</figcaption>
    </figure>
  );
}

const ResourceHead = ({ uri, mimeType }: { uri: string; mimeType: string }) => (
  <p class="block-head">
    <Icon name="file" />
    <span class="code">
      <ServerText text={uri} />
    </span>
    {mimeType && <span class="quiet">{toVisibleText(mimeType)}</span>}
  </p>
);

const LinkBlock = ({ shown }: { shown: Extract<ShownBlock, { kind: 'link' }> }) => (
  <>
    <p class="block-head">
      <Icon name="link" />
      <ExternalLink url={shown.uri}>
        <ServerText text={shown.name || shown.uri} />
      </ExternalLink>
      <span class="code">
        <ServerText text={shown.uri} />
      </span>
    </p>
    {shown.description && (
      <p class="quiet">
        <ServerText text={shown.description} />
      </p>
    )}
  </>
);

function Unshown({ text, block, name }: { text: string; block: ContentBlock; name: string }) {
  const { host } = useApp();
  return (
    <div class="unshown">
      <span>
        <ServerText text={text} />
      </span>
      <Button icon="json" onClick={() => host.openText(JSON.stringify(block, null, 2), 'json', name)}>
        {host.kind === 'page' ? 'Download as JSON' : 'Open as JSON'}
      </Button>
    </div>
  );
}

function TextContent({ text, label, name }: { text: string; label: string; name: string }) {
  const pretty = prettyJson(text);
  return (
    <LongText text={pretty ?? text} label={label} language={pretty === undefined ? 'plaintext' : 'json'} name={name} />
  );
}

interface LongTextProps {
  text: string;
  label: string;
  language: 'json' | 'plaintext';
  name: string;
}

/** A text cut where it gets too long to draw, with the whole of it one click away. */
export function LongText({ text, label, language, name }: LongTextProps) {
  const { host } = useApp();
  const [most, setMost] = useState(shownText);
  const cut = text.length > most;
  return (
    <>
      <TextBlock label={label}>
        <ServerText text={cut ? text.slice(0, most) : text} />
      </TextBlock>
      {cut && (
        <div class="notice notice-info">
          <span>
            Cut here: {formatBytes(most)} of {formatBytes(text.length)} are shown.
          </span>
          <span class="button-row">
            {most < 500_000 && <Button onClick={() => setMost(Math.min(most * 5, 500_000))}>Show more</Button>}
            <Button icon="go-to-file" onClick={() => host.openText(text, language, name)}>
              {host.kind === 'page' ? 'Download the whole' : 'Open the whole in the editor'}
            </Button>
          </span>
        </div>
      )}
    </>
  );
}
