import { window } from 'vscode';
import type { Profile, ProfileImport } from '../../../shared/api/profiles.ts';
import { ImageReference, ProfileName } from '../../../shared/domain/docker-names.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { DockerMirror } from '../../daemon-link/docker-mirror.ts';
import { runOperation } from '../../daemon-link/run-operation.ts';
import { askFor, confirm } from '../../platform/ask.ts';
import type { RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { pickTextFile, saveTextFile } from '../../platform/files.ts';
import { HostProblem } from '../../platform/host-problem.ts';
import type { OpenPanel } from '../../platform/panel-host.ts';
import { profileOf } from '../../platform/pick-profile.ts';
import { forNotification } from '../../platform/plain-text.ts';
import type { ReportProblem } from '../../platform/report-problem.ts';

export interface ProfileCommandsOptions {
  link: DaemonLink;
  docker: DockerMirror;
  register: RegisterCommand;
  report: ReportProblem;
  open: OpenPanel;
}

export function registerProfileCommands({ link, docker, register, report, open }: ProfileCommandsOptions) {
  const { api } = link;
  const profile = async (argument: unknown, title: string): Promise<Profile> => {
    await docker.ready();
    return await profileOf(argument, docker.profiles, title);
  };
  const transfer = (title: string, begin: () => ReturnType<typeof api.pullProfile>) =>
    runOperation({ link, report, title, begin });

  return [
    register(commands.openProfiles, () => open('profiles')),
    register(commands.openProfile, async argument => {
      const { id } = await profile(argument, 'Open Profile');
      open(`profiles/${encodeURIComponent(id)}`);
    }),
    register(commands.refreshDocker, () => docker.refresh()),
    register(commands.createProfile, async () => {
      await docker.need('profiles');
      const name = await askFor(ProfileName, { title: 'Create Profile', prompt: 'What the profile is called.' });
      await api.createProfile({ body: { name } });
    }),
    register(commands.renameProfile, async argument => {
      const { id, name } = await profile(argument, 'Rename Profile');
      const to = await askFor(ProfileName, {
        title: 'Rename Profile',
        prompt: `The new name. The id stays ${id}.`,
        value: name,
      });
      if (to !== name) await api.renameProfile({ params: { id }, body: { name: to } });
    }),
    register(commands.removeProfile, async argument => {
      const { id, name, serverIds, clients } = await profile(argument, 'Remove Profile');
      const disconnected = clients.length > 0 ? ` These clients are disconnected: ${clients.join(', ')}.` : '';
      await confirm(
        `Remove the profile ${name}?`,
        `Its gateway is stopped, and its ${serverIds.length} servers are removed with their settings.${disconnected} Export it first if you may need it again.`,
        'Remove',
      );
      await api.deleteProfile({ params: { id } });
    }),
    register(commands.exportProfile, async argument => {
      const { id } = await profile(argument, 'Export Profile');
      const { fileName, document } = await api.exportProfile({ params: { id } });
      await saveTextFile(fileName, `${JSON.stringify(document, null, 2)}\n`);
    }),
    register(commands.importProfile, async () => {
      await docker.need('profiles');
      await importProfile(api, await pickTextFile('Import Profile', ['json'], 4_000_000));
    }),
    register(commands.pushProfile, async argument => {
      await docker.need('registry-transfer');
      const { id, name } = await profile(argument, 'Push Profile');
      const ref = await askReference('Push Profile', 'registry.example/team/profile:v1');
      await transfer(`Pushing ${name}`, () => api.pushProfile({ params: { id }, body: { ref } }));
    }),
    register(commands.pullProfile, async () => {
      await docker.need('registry-transfer');
      const ref = await askReference('Pull Profile', 'registry.example/team/profile:v1');
      await transfer(`Pulling ${ref}`, () => api.pullProfile({ body: { ref } }));
    }),
  ];
}

const askReference = (title: string, placeHolder: string) =>
  askFor(ImageReference, { title, prompt: 'A reference in a registry.', placeHolder });

/** What would change is shown before anything does. */
async function importProfile(api: DaemonLink['api'], text: string): Promise<void> {
  const document = toDocument(text);
  const preview = await api.importProfile({ body: { document, dryRun: true } });
  await confirm(
    preview.exists ? `Replace the profile ${preview.profileId}?` : `Import the profile ${preview.profileId}?`,
    describeImport(preview),
    preview.exists ? 'Replace' : 'Import',
  );
  const { profileId } = await api.importProfile({ body: { document, replace: preview.exists } });
  void window.showInformationMessage(forNotification(`The profile ${profileId} is imported.`));
}

function toDocument(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // Said below, in one sentence for both.
  }
  throw new HostProblem('noProfileFile');
}

const describeImport = ({ changes }: ProfileImport): string => {
  const shown = changes
    .slice(0, 15)
    .map(({ server, change, detail }) => `${change} ${server}${detail ? `: ${detail}` : ''}`);
  const more = changes.length > shown.length ? [`and ${changes.length - shown.length} more`] : [];
  return [...shown, ...more].join('\n') || 'It has no servers.';
};
