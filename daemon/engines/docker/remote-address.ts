// Whether a remote server may be called where its definition says: a catalog must not turn the gateway against this machine and
// its network. Newer versions of docker mcp look at what a name resolves to as well (CONTRACT section 6).
import { BlockList, isIP } from 'node:net';

const inner = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  inner.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inner.addSubnet(network, prefix, 'ipv6');

/** Why not, as the end of "which …"; undefined if it may. The user's own variable allows all. */
export function refusedAddress(
  address: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (environment['DOCKER_MCP_ALLOW_INSECURE_REMOTE_URLS'] === '1') return undefined;
  if (!URL.canParse(address)) return 'is no address';
  const { protocol, hostname } = new URL(address);
  if (protocol !== 'https:') return 'is not https';
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const family = isIP(host);
  const isInner = family === 0 ? /(?:^|\.)localhost$/i.test(host) : inner.check(host, family === 4 ? 'ipv4' : 'ipv6');
  return isInner ? 'is in a private network' : undefined;
}
