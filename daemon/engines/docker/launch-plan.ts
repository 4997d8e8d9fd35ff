// Whether a server of a profile can be started now, and what its gateway has to know. Nothing is started for it.
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { SecretSlot } from '../../../shared/api/server-configuration.ts';
import type { LaunchPlan, ServerToRun } from '../engine.ts';
import type { ImageControl } from './api/container-control.ts';
import { checkHostAccess, type HostPlace } from './host-access.ts';
import { describeDefinition } from './server-facts.ts';
import { checkSettings } from './settings-check.ts';

/** Errors: DOCKER_009, SERVER_010, SERVER_011, SERVER_004 if its image is not here or it asks for too much, those of the engine. */
export async function planServer(
  { id, inProfile, configuration }: ServerToRun,
  images: Pick<ImageControl, 'find'>,
  place: HostPlace,
): Promise<LaunchPlan> {
  if (!inProfile) {
    throw problem('DOCKER_009', {
      detail: `"${id}" is in no profile of Docker.`,
      next: 'Read the profiles again, or install the server.',
    });
  }
  const { settingsSchema, secretSlots } = describeDefinition(inProfile.definition);
  checkSettings(inProfile.title, settingsSchema, inProfile.settings);
  await checkHostAccess(inProfile, place);
  const filled = new Set(
    configuration.secretReferences.flatMap(each => ('header' in each ? [] : [each.environmentVariable])),
  );
  const missing = secretSlots.find(
    slot =>
      slot.required && !filled.has(slot.environmentVariable) && !configuration.environment[slot.environmentVariable],
  );
  if (missing) throw withoutSecret(inProfile.title, missing);
  if (inProfile.source.type === 'image') await checkImage(inProfile.title, inProfile.source.image, images);
  const environment = Object.fromEntries(
    secretSlots.flatMap(({ environmentVariable: name }) => {
      const value = configuration.environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return { kind: 'gateway', server: inProfile, secretSlots, environment };
}

/** The gateway never pulls by itself, and leaves out what it has no image of without a word. */
async function checkImage(title: string, image: string, images: Pick<ImageControl, 'find'>): Promise<void> {
  const found = await images.find(image);
  if (found && found.mismatch === null) return;
  throw problem('SERVER_004', {
    detail: found
      ? `The image of ${title} cannot run here: ${found.mismatch}`
      : `The image ${image} of ${title} is not on this machine.`,
    next: found
      ? 'Choose an image for this machine.'
      : 'Update the server, which pulls its image, or install it again.',
  });
}

const withoutSecret = (title: string, { name, environmentVariable }: SecretSlot): ProblemError =>
  problem('SERVER_011', {
    detail: `${title} needs the secret ${name} (variable ${environmentVariable}), and none is chosen for it.`,
    next: `Choose a secret of the vault for ${environmentVariable} in the configuration of the server.`,
    errors: [{ path: `/secrets/${environmentVariable}`, message: `No secret is chosen for ${name}.` }],
  });
