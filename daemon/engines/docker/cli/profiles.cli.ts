import { tmpdir } from 'node:os';
import { parseDocumentText } from './answers.ts';
import type { ProfilesCli } from './cli-contract.ts';
import { readExchanged, withPrivateFile, writePrivately } from './exchanged-file.ts';
import type { Perform } from './perform.ts';
import * as plans from './profile.plans.ts';
import { Profile } from './schemas.ts';
import { toProblem } from './to-problem.ts';

export const createProfilesCli = (perform: Perform, temporaryFolder = tmpdir()): ProfilesCli => ({
  list: call => perform(plans.listProfiles, call),
  show: (id, call) => perform(() => plans.showProfile(id), call),
  clients: (id, call) => perform(() => plans.showProfileClients(id), call),
  create: (profile, call) => perform(() => plans.createProfile(profile), call),
  remove: (id, call) => perform(() => plans.removeProfile(id), call),
  servers: (filter = {}, call) => perform(() => plans.listProfileServers(filter), call),
  addServers: (id, servers, call) => perform(() => plans.addProfileServers(id, servers), call),
  removeServers: (id, names, call) => perform(() => plans.removeProfileServers(id, names), call),
  config: (id, call) => perform(() => plans.readProfileConfig(id), call),
  setConfig: (id, entries, call) => perform(() => plans.setProfileConfig(id, entries), call),
  deleteConfig: (id, keys, call) => perform(() => plans.deleteProfileConfig(id, keys), call),
  changeTools: (id, changes, call) => perform(() => plans.changeProfileTools(id, changes), call),
  exportTo: (id, file, call) => perform(() => plans.exportProfile(id, file), call),
  importFrom: (file, call) => perform(() => plans.importProfile(file), call),
  push: (id, reference, call) => perform(() => plans.pushProfile(id, reference), call),
  pull: (reference, call) => perform(() => plans.pullProfile(reference), call),

  exportDocument: (id, call) =>
    withPrivateFile(temporaryFolder, 'profile.json', async file => {
      await perform(() => plans.exportProfile(id, file), call);
      try {
        return parseDocumentText(Profile, await readExchanged(file));
      } catch (error) {
        throw toProblem(error, `export the profile ${id}`);
      }
    }),

  importDocument: (profile, call) =>
    withPrivateFile(temporaryFolder, 'profile.json', async file => {
      await writePrivately(file, JSON.stringify(profile));
      return await perform(() => plans.importProfile(file), call);
    }),
});
