// Which addresses a provider may send us to. A discovery document names others, and must not lead into this machine or its network.
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

export type Reach = 'loopback' | 'private' | 'public';

const forbidden = new BlockList();
const loopback = new BlockList();
const privately = new BlockList();
for (const [list, net, bits, family] of [
  [loopback, '127.0.0.0', 8, 'ipv4'],
  [loopback, '::1', 128, 'ipv6'],
  [privately, '10.0.0.0', 8, 'ipv4'],
  [privately, '172.16.0.0', 12, 'ipv4'],
  [privately, '192.168.0.0', 16, 'ipv4'],
  [privately, '100.64.0.0', 10, 'ipv4'],
  [privately, 'fc00::', 7, 'ipv6'],
  // Where clouds keep the credentials of a machine, and what is no host at all.
  [forbidden, '169.254.0.0', 16, 'ipv4'],
  [forbidden, 'fe80::', 10, 'ipv6'],
  [forbidden, 'fd00:ec2::', 32, 'ipv6'],
  [forbidden, '0.0.0.0', 8, 'ipv4'],
  [forbidden, '::', 128, 'ipv6'],
  [forbidden, '192.0.0.0', 24, 'ipv4'],
  [forbidden, '198.18.0.0', 15, 'ipv4'],
  [forbidden, '224.0.0.0', 3, 'ipv4'],
  [forbidden, 'ff00::', 8, 'ipv6'],
  // Ways to write an IPv4 address in IPv6 that lead past the lists above.
  [forbidden, '64:ff9b::', 96, 'ipv6'],
  [forbidden, '2002::', 16, 'ipv6'],
] as const) {
  list.addSubnet(net, bits, family);
}

/** Undefined for what nobody may be sent to. An IPv4 address in IPv6 clothes counts as what it is. */
export function reachOf(address: string): Reach | undefined {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0 || forbidden.check(address, family)) return undefined;
  if (loopback.check(address, family)) return 'loopback';
  return privately.check(address, family) ? 'private' : 'public';
}

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];
export const isLoopbackName = (hostname: string): boolean => loopbackNames.includes(hostname);

/** Of an issuer: http on this machine, or https. Undefined for anything else. */
export function readIssuer(text: string): URL | undefined {
  const url = URL.parse(text);
  if (!url) return undefined;
  if ([url.username, url.password, url.search, url.hash].some(part => part !== '')) return undefined;
  if (url.protocol === 'https:') return url;
  return url.protocol === 'http:' && isLoopbackName(url.hostname) ? url : undefined;
}

/** How near the issuer itself is: what it names may be as near, and no nearer. */
export async function issuerReach(issuer: URL): Promise<Reach> {
  if (isLoopbackName(issuer.hostname)) return 'loopback';
  const found = await lookup(issuer.hostname.replace(/^\[|\]$/g, ''), { all: true });
  return found.some(({ address }) => reachOf(address) === 'private') ? 'private' : 'public';
}

export const mayReach = (issuer: Reach, address: string): boolean => {
  const reach = reachOf(address);
  return reach === 'public' || (reach !== undefined && reach === issuer);
};
