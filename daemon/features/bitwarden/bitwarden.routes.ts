import { problem } from '../../../shared/api/problem.ts';
import { describePrincipal, type Handlers } from '../../http/context.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { type BitwardenService, noSuchMapping } from './bitwarden.service.ts';
import type { LinkRepository, StoredLink } from './links.repository.ts';

type BitwardenOperations =
  | 'getBitwarden'
  | 'updateBitwarden'
  | 'loginBitwarden'
  | 'unlockBitwarden'
  | 'lockBitwarden'
  | 'logoutBitwarden'
  | 'listBitwardenItems'
  | 'listBitwardenMappings'
  | 'createBitwardenMapping'
  | 'deleteBitwardenMapping'
  | 'syncBitwarden'
  | 'listBitwardenLinks'
  | 'createBitwardenLink'
  | 'deleteBitwardenLink';

export interface BitwardenNeeds {
  service: BitwardenService;
  links: LinkRepository;
  clock: Clock;
  onLinksChanged: () => void;
}

export const bitwardenHandlers = (needs: BitwardenNeeds): Pick<Handlers, BitwardenOperations> => {
  const { service, links, clock, onLinksChanged } = needs;
  return {
    getBitwarden: () => service.status(),
    updateBitwarden: ({ body }) => service.configure(body),
    loginBitwarden: ({ body }) => service.login(body),
    unlockBitwarden: ({ body }) => service.unlock(body.password),
    lockBitwarden: () => service.lock(),
    logoutBitwarden: () => service.logout(),
    listBitwardenItems: ({ query }) => service.items(query),
    listBitwardenMappings: ({ query }) => service.mappings(query),
    createBitwardenMapping: ({ body }) => service.map(body),
    deleteBitwardenMapping: ({ params }, { recordChange }) => {
      const { secretName, itemName, part } = service.unmap(params.id);
      recordChange({ shown: { secretName, itemName, part } }, null);
      return {};
    },
    syncBitwarden: ({ body }, { principal, requestId }) =>
      service.sync(body.apply, { principal: describePrincipal(principal), requestId }),
    listBitwardenLinks: ({ query }) => {
      const page = links.list(query);
      return { ...page, items: page.items.map(toLink) };
    },
    createBitwardenLink: ({ body }) => {
      if (!links.userExists(body.userId)) {
        throw problem('USER_001', { detail: `No user has the id "${body.userId}".`, next: 'The list shows the ids.' });
      }
      const known = links.findByEmail(body.email);
      if (known) {
        throw problem('USER_002', {
          detail: `The account ${known.email} is linked to ${known.userName} already.`,
          next: 'End that link first.',
        });
      }
      const link = links.add(body, toTimestamp(clock.now()));
      onLinksChanged();
      return toLink(link);
    },
    deleteBitwardenLink: ({ params }, { recordChange }) => {
      const link = links.find(params.id);
      if (!link || !links.remove(params.id)) throw noSuchMapping(params.id);
      recordChange({ shown: { user: link.userName, email: link.email, serverUrl: link.serverUrl } }, null);
      onLinksChanged();
      return {};
    },
  };
};

const toLink = ({ accountId: _, ...link }: StoredLink) => link;
