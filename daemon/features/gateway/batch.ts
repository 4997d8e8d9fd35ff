// Several messages in one body, as revisions up to 2025-03-26 have them.

import { type Entry, toAsking } from './entry.ts';
import { type Answer, toJsonAnswer, withoutBody } from './exchange.ts';
import type { Session } from './session.ts';
import { type NotificationMessage, type RequestMessage, readMessage, rpcCodes, toErrorText } from './wire.ts';

const mostMessages = 50;

interface Acts {
  answer(
    message: RequestMessage,
    session: Session,
    asking: ReturnType<typeof toAsking>,
  ): Promise<string | Buffer<ArrayBuffer>>;
  take(message: NotificationMessage, session: Session): void;
}

/** Answers all requests as one document; what servers tell meanwhile goes out on the session's own stream. */
export async function answerBatch(
  body: readonly unknown[],
  session: Session,
  entry: Entry,
  { answer, take }: Acts,
): Promise<Answer> {
  const messages = body.map(readMessage);
  const isFine = messages.every(message => message && !('method' in message && message.method === 'initialize'));
  if (!isFine || messages.length === 0 || messages.length > mostMessages) {
    const why = `A batch has 1 to ${mostMessages} messages, and initialize is not one of them.`;
    return toJsonAnswer(toErrorText(null, rpcCodes.invalidRequest, why), 400);
  }
  const answers: Promise<string | Buffer<ArrayBuffer>>[] = [];
  for (const message of messages) {
    if (message?.kind === 'response') session.answer(message);
    else if (message?.kind === 'notification') take(message, session);
    else if (message) {
      const { waiting, done } = session.wait(entry.dismissal);
      const asking = toAsking(entry, waiting, { era: 'sessions', sessionId: session.handle });
      answers.push(answer(message, session, asking).finally(done));
    }
  }
  if (answers.length === 0) return withoutBody(202);
  const texts = (await Promise.all(answers)).map(String);
  return toJsonAnswer(`[${texts.join(',')}]`, 200, { 'mcp-session-id': session.id });
}
