import { ServerText } from './text.tsx';
import { TextBlock } from './text-block.tsx';
import './diff.css';

const kindOf = (line: string): 'added' | 'removed' | 'place' | 'same' => {
  if (/^(?:\+\+\+|---|@@|⋯|Index:|={3,})/.test(line)) return 'place';
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : 'same';
};

/** A unified diff, line by line: the sign says the same as the colour. */
export const Diff = ({ label, text }: { label: string; text: string }) => (
  <TextBlock label={label} class="diff">
    {text
      .replace(/\n$/, '')
      .split('\n')
      .map((line, index) => (
        <span class={`diff-line diff-${kindOf(line)}`} key={`${index}`}>
          <ServerText text={line} />
          {'\n'}
        </span>
      ))}
  </TextBlock>
);
