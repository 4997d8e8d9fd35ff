// How a server comes into a profile, step by step: what it needs is checked before anything is touched, its image is pulled, docker
// mcp adds it, and it gets its settings. What fails or is cancelled is taken back; the layers of an image stay, so another try is short.
import { isProblemError, type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { DockerInstall, InstallContext, Installed, ServerInProfile } from '../engine.ts';
import type { ImageControl, LocalImage } from './api/container-control.ts';
import type { ServerReference } from './cli/docker-cli.ts';
import { ServerSpec } from './cli/schemas.ts';
import { sourceOf, toolNamesOf } from './definition.ts';
import { checkHostAccess, type HostPlace } from './host-access.ts';
import { readImageDefinition } from './image-definition.ts';
import { createInstallSteps, type InstallSteps, type StepId, type StepTellers } from './install-steps.ts';
import type { ServerControl } from './profile-control.ts';
import { describeDefinition } from './server-facts.ts';
import { sameSettings } from './settings-change.ts';
import { checkSettings } from './settings-check.ts';

export interface DockerInstallNeeds {
  servers: ServerControl;
  configure(
    server: Pick<ServerInProfile, 'profile' | 'name'>,
    change: { settings?: Record<string, unknown>; tools?: string[] | null },
  ): Promise<ServerInProfile>;
  images: Pick<ImageControl, 'find' | 'pull' | 'tagForRollback' | 'rollBack'>;
  /** The machine that it is to run on. */
  place: HostPlace;
  /** The definition that a catalog has of it now. Errors: CATALOG_001, those of docker mcp. */
  definitionOf(catalogRef: string, name: string): Promise<Record<string, unknown>>;
}

/** What is wanted, once it is known what it is. */
interface Wanted {
  name: string;
  definition: Record<string, unknown>;
  image: string | undefined;
}

/** Errors: SERVER_002, SERVER_004, SERVER_010, CATALOG_001, INSTALL_004, INSTALL_007, and those of docker mcp and of the engine. */
export async function installServer(
  request: DockerInstall,
  context: InstallContext,
  needs: DockerInstallNeeds,
): Promise<Installed> {
  const steps = createInstallSteps(titlesOf(request), context);
  const { signal } = context;
  const { from } = request;
  let wanted: Wanted | undefined;
  let before: ServerInProfile | undefined;
  let made: ServerInProfile | undefined;
  let hasTouched = false;
  try {
    signal.throwIfAborted();
    await steps.run('check', async () => {
      wanted = await findWanted(request, needs);
      if (!wanted) return 'What the image needs is known when it is here.';
      before = await checkPlace(request, wanted.name, needs);
      return await checkWanted(request, wanted, before, needs);
    });
    const image = wanted?.image ?? ('image' in from ? from.image : undefined);
    await steps.run('image', async step => await bringImage(image, request, before, needs, context, step.tell));
    signal.throwIfAborted();
    if (!wanted && 'image' in from) {
      wanted = await describeImage(from.image, needs);
      before = await checkPlace(request, wanted.name, needs);
      await checkWanted(request, wanted, before, needs);
    }
    const { name } = wanted ?? unknownImage();
    hasTouched = true;
    await steps.run('profile', async () => {
      made = await put(request, name, needs);
      return before
        ? `Its definition in the profile "${request.profile}" is the new one.`
        : `It is in the profile "${request.profile}".`;
    });
    signal.throwIfAborted();
    await steps.run('settings', async () => {
      const [done, detail] = await finish(request, made ?? unknownImage(), before, needs);
      made = done;
      return detail;
    });
    signal.throwIfAborted();
    return toInstalled(made ?? unknownImage(), before, await digestOf(image, needs));
  } catch (error) {
    if (before && wanted) await undoImage(request, before, needs);
    if (hasTouched) await undo(request, made, before, needs, steps);
    throw signal.aborted ? cancelled() : error;
  }
}

const titlesOf = ({ profile, replace, from }: DockerInstall): Record<StepId, string> => ({
  check: 'Check settings and secrets',
  image: 'before' in from ? 'Get back the image' : 'Get the image',
  profile: replace ? `Change it in the profile "${profile}"` : `Add it to the profile "${profile}"`,
  settings: replace ? 'Keep settings and tools' : 'Write settings and tools',
});

async function findWanted({ from }: DockerInstall, needs: DockerInstallNeeds): Promise<Wanted | undefined> {
  if ('before' in from) return toWanted(from.before.name, from.before.definition, from.before.source);
  if ('catalogRef' in from) return toWanted(from.name, await needs.definitionOf(from.catalogRef, from.name));
  const local = await needs.images.find(from.image);
  return local && toWantedOfImage(from.image, local);
}

function toWanted(name: string, definition: Record<string, unknown>, known?: ServerInProfile['source']): Wanted {
  const source = known ?? sourceOf(ServerSpec.catch({ name }).parse({ ...definition, name }));
  return { name, definition, image: source?.type === 'image' ? source.image : undefined };
}

const describeImage = async (image: string, needs: DockerInstallNeeds): Promise<Wanted> => {
  const local = await needs.images.find(image);
  return local ? toWantedOfImage(image, local) : unknownImage();
};

/** Errors: DOCKER_011 for an image that does not describe itself. */
function toWantedOfImage(image: string, { labels }: LocalImage): Wanted {
  const definition = readImageDefinition(image, labels);
  return { name: definition.name, definition, image };
}

const unknownImage = (): never => {
  throw problem('DOCKER_015', { detail: 'What the image holds could not be found out.', next: 'Try again.' });
};

/** Errors: SERVER_002 if it is there and must not be, DOCKER_009 if it is not and must be. */
async function checkPlace(
  { profile, replace }: DockerInstall,
  name: string,
  { servers }: DockerInstallNeeds,
): Promise<ServerInProfile | undefined> {
  const there = await servers.find({ profile, name });
  if (there && !replace) {
    throw problem('SERVER_002', {
      detail: `The profile "${profile}" has a server "${name}" already.`,
      next: 'Update that one, or choose another profile.',
    });
  }
  if (!there && replace) {
    throw problem('DOCKER_009', {
      detail: `The profile "${profile}" has no server "${name}" any more.`,
      next: 'Install it again.',
    });
  }
  return there;
}

/** Errors: SERVER_004 for what no definition may ask for, SERVER_010. */
async function checkWanted(
  request: DockerInstall,
  { name, definition }: Wanted,
  before: ServerInProfile | undefined,
  needs: Pick<DockerInstallNeeds, 'place'>,
): Promise<string> {
  const { settingsSchema, secretSlots } = describeDefinition(definition);
  const title = typeof definition['title'] === 'string' && definition['title'] !== '' ? definition['title'] : name;
  const settings = before?.settings ?? request.settings;
  checkSettings(title, settingsSchema, settings);
  await checkHostAccess({ name, title, definition, settings }, needs.place);
  const secrets = secretSlots.filter(({ required }) => required).map(({ environmentVariable }) => environmentVariable);
  return secrets.length === 0 ? 'The settings fit.' : `The settings fit. It needs secrets for ${secrets.join(', ')}.`;
}

async function bringImage(
  image: string | undefined,
  { from, replace }: DockerInstall,
  before: ServerInProfile | undefined,
  { images }: DockerInstallNeeds,
  { signal }: InstallContext,
  tell: StepTellers['tell'],
): Promise<string | { skipped: string }> {
  if (image === undefined) return { skipped: 'It runs elsewhere and has no image.' };
  if ('before' in from) {
    if (await images.rollBack(image)) return `${image} is again what it was before the update.`;
    if (await images.find(image)) return { skipped: `${image} is here.` };
  }
  const old = before?.source.type === 'image' ? before.source.image : undefined;
  const kept = replace && old !== undefined && !('before' in from) ? await images.tagForRollback(old) : undefined;
  const there = await images.find(image);
  // A tag may mean another image now, so an update asks the registry; a digest never does.
  if (there && (!replace || image.includes('@'))) return { skipped: describeImageHere(image, there) };
  try {
    const pulled = await images.pull(image, {
      signal,
      onProgress: ({ step, progress, transfer }) => tell(step, progress, transfer),
    });
    if (pulled.mismatch) throw wrongImage(image, pulled.mismatch);
    return kept ? `${image} is here; the one before is kept for a roll-back.` : `${image} is here.`;
  } catch (error) {
    // Made on this machine: no registry knows it, and what is here is what there is.
    if (
      there &&
      isProblemError(error) &&
      (error.code === 'DOCKER_009' || error.code === 'DOCKER_012') &&
      !signal.aborted
    )
      return { skipped: `${image} is here; its registry has nothing newer or does not answer.` };
    throw error;
  }
}

function describeImageHere(image: string, { mismatch }: LocalImage): string {
  if (mismatch) throw wrongImage(image, mismatch);
  return `${image} is here already.`;
}

const wrongImage = (image: string, mismatch: string): ProblemError =>
  problem('DOCKER_011', { detail: `${image} cannot run here: ${mismatch}`, next: 'Choose an image for this machine.' });

/** Errors: those of docker mcp. */
async function put(
  { from, profile }: DockerInstall,
  name: string,
  { servers }: DockerInstallNeeds,
): Promise<ServerInProfile> {
  if ('before' in from) return await servers.putBack({ ...from.before, profile });
  const reference: ServerReference =
    'image' in from
      ? { kind: 'image', image: from.image }
      : { kind: 'catalog', catalog: from.catalogRef, names: [from.name] };
  return await servers.add(profile, reference, name);
}

async function finish(
  { profile, settings }: DockerInstall,
  made: ServerInProfile,
  before: ServerInProfile | undefined,
  { configure }: DockerInstallNeeds,
): Promise<[ServerInProfile, string]> {
  const place = { profile, name: made.name };
  if (!before) {
    if (Object.keys(settings).length === 0) return [made, 'There was nothing to write; all tools are on.'];
    return [await configure(place, { settings }), 'The settings are written; all tools are on.'];
  }
  const isSame = sameSettings(made.settings, before.settings);
  const kept = isSame ? made : await configure(place, { settings: before.settings });
  const now = toolNamesOf(ServerSpec.catch({ name: made.name }).parse(made.definition));
  const gone = (before.tools ?? toolNamesOf(ServerSpec.catch({ name: made.name }).parse(before.definition))).filter(
    tool => now.length > 0 && !now.includes(tool),
  );
  const detail = gone.length === 0 ? '' : ` It has no longer: ${gone.join(', ')}.`;
  return [kept, `Settings and choice of tools are as they were.${detail}`];
}

/** An update may have given the tag another image. */
async function undoImage(
  { from, replace }: DockerInstall,
  { source }: ServerInProfile,
  { images }: DockerInstallNeeds,
) {
  if (replace && source.type === 'image' && !('before' in from)) await images.rollBack(source.image).catch(() => false);
}

/** Cancelled or failed: what the profile had before, it has again. */
async function undo(
  request: DockerInstall,
  made: ServerInProfile | undefined,
  before: ServerInProfile | undefined,
  { servers, configure }: DockerInstallNeeds,
  steps: InstallSteps,
): Promise<void> {
  const touched: StepId[] = ['profile', 'settings'];
  try {
    if (before) {
      const back = await servers.putBack(before);
      if (!sameSettings(back.settings, before.settings))
        await configure(before, { settings: before.settings, tools: before.tools });
      steps.undone(touched, 'It is as it was before.');
    } else if (made) {
      await servers.take({ profile: request.profile, name: made.name });
      steps.undone(touched, 'It was taken out of the profile again; its image stays.');
    }
  } catch (error) {
    const why = isProblemError(error) ? error.problem.detail : '';
    steps.left(['profile'], `What was done could not be taken back: look at the profile "${request.profile}". ${why}`);
  }
}

const cancelled = (): ProblemError =>
  problem('INSTALL_007', {
    detail: 'The installation was cancelled. Nothing of it was kept but the parts of its image that had arrived.',
    next: 'Install it again when you need it.',
  });

async function digestOf(image: string | undefined, { images }: DockerInstallNeeds): Promise<string | null> {
  if (image === undefined) return null;
  const found = await images.find(image).catch(() => undefined);
  const digest = found?.digests[0];
  return digest === undefined ? (found?.id ?? null) : digest.slice(digest.indexOf('@') + 1);
}

function toInstalled(made: ServerInProfile, before: ServerInProfile | undefined, digest: string | null): Installed {
  const source = made.source.type === 'image' ? { ...made.source, digest } : made.source;
  return {
    source,
    title: made.title,
    description: made.description,
    inProfile: { ...made, source },
    ...(before ? { before } : {}),
  };
}
