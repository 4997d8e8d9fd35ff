import type { Handlers } from '../../http/context.ts';
import type { ProfileService } from './profiles.service.ts';

type ProfileOperations =
  | 'listProfiles'
  | 'getProfile'
  | 'createProfile'
  | 'renameProfile'
  | 'deleteProfile'
  | 'exportProfile'
  | 'importProfile'
  | 'pushProfile'
  | 'pullProfile';

export const profileHandlers = (profiles: ProfileService): Pick<Handlers, ProfileOperations> => ({
  listProfiles: ({ query }) => profiles.list(query),
  getProfile: ({ params }) => profiles.get(params.id),
  createProfile: ({ body }) => profiles.create(body),
  renameProfile: ({ params, body }) => profiles.rename(params.id, body.name),
  deleteProfile: async ({ params }) => {
    await profiles.remove(params.id);
    return {};
  },
  exportProfile: ({ params }) => profiles.export(params.id),
  importProfile: ({ body: { document, ...how } }) => profiles.import(document, how),
  pushProfile: ({ params, body }) => profiles.push(params.id, body.ref),
  pullProfile: ({ body }) => profiles.pull(body.ref),
});
