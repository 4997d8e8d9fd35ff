// A certificate for this machine, signed by itself: `bw` speaks TLS only. Written as DER by hand, for Node makes keys and no certificates.
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  /** PEM. It is its own authority: NODE_EXTRA_CA_CERTS takes it. */
  certificate: string;
  /** PEM. */
  key: string;
}

const node = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
};
const sequence = (...parts: Buffer[]) => node(0x30, ...parts);
const oid = (hex: string) => node(0x06, Buffer.from(hex, 'hex'));
const octets = (value: Buffer) => node(0x04, value);
const bits = (value: Buffer) => node(0x03, Buffer.of(0), value);
const yes = node(0x01, Buffer.of(0xff));
const time = (date: Date) =>
  node(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`, 'ascii'));

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const commonName = (name: string) => sequence(node(0x31, sequence(oid('550403'), node(0x0c, Buffer.from(name)))));

/** RFC 5280: an authority, for the names localhost and 127.0.0.1. */
const extensions = node(
  0xa3,
  sequence(
    sequence(oid('551d13'), yes, octets(sequence(yes))),
    sequence(
      oid('551d11'),
      octets(sequence(node(0x82, Buffer.from('localhost')), node(0x87, Buffer.of(127, 0, 0, 1)))),
    ),
  ),
);

function toBeSigned(publicKey: KeyObject): Buffer {
  const name = commonName('Bitwarden server of a test');
  const serial = Buffer.concat([Buffer.of(1), randomBytes(8)]);
  const [from, until] = [-86_400_000, 86_400_000].map(offset => time(new Date(Date.now() + offset)));
  return sequence(
    node(0xa0, node(0x02, Buffer.of(2))),
    node(0x02, serial),
    ecdsaWithSha256,
    name,
    sequence(from ?? Buffer.of(), until ?? Buffer.of()),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions,
  );
}

export function makeCertificate(): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const content = toBeSigned(publicKey);
  const der = sequence(content, ecdsaWithSha256, bits(sign('sha256', content, privateKey)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
