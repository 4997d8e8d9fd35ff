// Requests that are sent on one connection without waiting for answers (RFC 9112, section 9.3.2) are taken one after
// another. At once they would gain nothing, as answers go out in order: and Node does not tell those that wait for their
// turn when the connection ends, so that what they have begun would go on for nobody.
import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/** Requests that may wait on one connection. Clients of MCP send none. */
const mostWaiting = 100;

/** Whoever sends more than may wait loses the connection. */
export function takeInTurn(take: RequestListener): RequestListener {
  const waiting = new WeakMap<Socket, number>();
  return (incoming, outgoing) => {
    // An answer has the connection when the one before it has ended.
    if (outgoing.socket) return take(incoming, outgoing);
    const { socket } = incoming;
    const before = waiting.get(socket) ?? 0;
    if (before >= mostWaiting) return void socket.destroy();
    waiting.set(socket, before + 1);
    outgoing.once('socket', () => {
      waiting.set(socket, (waiting.get(socket) ?? 1) - 1);
      // Node has not quite handed it over; and of a connection that has gone no body comes, and no end of one.
      process.nextTick(() => {
        if (!socket.destroyed) take(incoming, outgoing);
      });
    });
  };
}
