import type { Approval } from '../../../shared/api/approvals.ts';
import { forNotification, toOneLine } from '../../platform/plain-text.ts';

/** What fits a notification in full may be allowed from it; anything longer has to be looked at first. */
const wholeInNotification = 160;

/** The call in words, and whether that is all of it: nothing cut, and nothing written in another way. */
export function wordsOf({ caller, tool, serverId, arguments: text, besides, reason }: Approval): {
  text: string;
  isWhole: boolean;
} {
  const exact = inOneLine(text);
  const isWhole = exact !== undefined && besides === '' && exact.length <= wholeInNotification && isShownAsItIs(exact);
  const end = isWhole ? ` with ${exact}` : '';
  return {
    text: forNotification(`${caller.name} wants to call ${tool} of ${serverId}${end}. ${toOneLine(reason)}`.trim()),
    isWhole,
  };
}

/** The arguments are indented JSON: without the indentation they are the same. */
function inOneLine(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Two spaces that look like one, or a link that is taken apart, are not what would be sent. */
const isShownAsItIs = (text: string): boolean =>
  toOneLine(text, text.length) === text && forNotification(text) === text;
