// Where a server comes from, as the CLI is told (CONTRACT section 4, SREF): made of parts that are checked one by one.
import type { ServerReference } from './cli-contract.ts';
import { atLeastOne, catalogFile, httpsAddress, ociReference, serverName } from './grammar.ts';

export function toServerReference(reference: ServerReference): string {
  switch (reference.kind) {
    case 'catalog': {
      const names = atLeastOne('server', reference.names).map(serverName);
      return `catalog://${ociReference(reference.catalog)}/${names.join('+')}`;
    }
    case 'image':
      return `docker://${ociReference(reference.image)}`;
    case 'registry':
      return httpsAddress(reference.url);
    case 'file':
      return `file://${catalogFile(reference.file)}`;
  }
}
