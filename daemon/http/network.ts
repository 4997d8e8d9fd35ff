// Whom an address stands for when it is counted: one host of IPv4, and of IPv6 the network that one household gets.
import { isIPv6, SocketAddress } from 'node:net';

const hostBits = 64;

/** The address without what its owner may choose freely (RFC 4291: the last 64 bits). An IPv4 address in IPv6 clothes is what it is. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  return `${expand(plain)
    .slice(0, hostBits / 16)
    .join(':')}::/${hostBits}`;
}

/** The eight groups, without leading zeros. */
function expand(address: string): string[] {
  const { address: short } = new SocketAddress({ address, family: 'ipv6' });
  const [before = '', after] = short.split('::');
  const [head, tail] = [before, after ?? ''].map(part => (part === '' ? [] : part.split(':')));
  const missing = 8 - (head?.length ?? 0) - (tail?.length ?? 0);
  return [...(head ?? []), ...Array<string>(after === undefined ? 0 : Math.max(0, missing)).fill('0'), ...(tail ?? [])];
}
