import assert from 'node:assert/strict';
import { type EverythingGateway, startEverythingGateway, upstreamKinds } from '../support/everything-gateway.ts';
import { type EverythingHttp, startEverythingServer } from '../support/everything-server/http-server.ts';
import { differences, recordSession, recordStateless, type Send, type Transcript } from '../support/mcp-transcript.ts';

const to =
  (url: string): Send =>
  init =>
    fetch(url, init);

describe('what a client sees through the gateway is what it sees directly', () => {
  let servers: EverythingHttp[];
  let withSession: Transcript;
  let without: Transcript;
  before(async () => {
    const [old, modern] = await Promise.all([
      startEverythingServer(0, { sessionsOnly: true }),
      startEverythingServer(),
    ]);
    servers = [old, modern];
    withSession = await recordSession(to(old.url));
    without = await recordStateless(to(modern.url));
  });
  after(() => Promise.all(servers.map(server => server.close())));

  it('and there is something to see', () => {
    const messages = withSession.flatMap(([, seen]) => seen);
    assert.ok(messages.length > 45, `${messages.length} messages`);
    for (const part of [
      '"isRequest":true',
      'notifications/progress',
      'notifications/message',
      'example.com/kept',
      'annotations',
    ])
      assert.ok(JSON.stringify(messages).includes(part), part);
  });

  for (const kind of upstreamKinds) {
    describe(`of a server over ${kind}`, () => {
      let gateways: EverythingGateway[];
      const at = (sessionsOnly: boolean) => to(`${gateways[sessionsOnly ? 0 : 1]?.url}/mcp/server/everything`);
      before(async () => {
        gateways = await Promise.all([true, false].map(sessionsOnly => startEverythingGateway(kind, { sessionsOnly })));
      });
      after(() => Promise.all(gateways.map(gateway => gateway[Symbol.asyncDispose]())));

      it('with a session: errors, _meta, annotations, structured content, order, empty results', async () => {
        assert.deepEqual(differences(withSession, await recordSession(at(true))), []);
      });

      it('without a session', async () => {
        assert.deepEqual(differences(without, await recordStateless(at(false))), []);
      });
    });
  }
});
