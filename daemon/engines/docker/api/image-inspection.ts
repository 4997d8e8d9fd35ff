// What the engine answers of one image (GET /images/NAME/json), and whether it runs on that engine.
import * as z from 'zod';
import type { EngineIdentity, LocalImage } from './container-control.ts';
import { toIso } from './container-inspection.ts';

const Inspection = z.looseObject({
  Id: z.string(),
  RepoTags: z.array(z.string()).nullish(),
  RepoDigests: z.array(z.string()).nullish(),
  Os: z.string().default(''),
  Architecture: z.string().default(''),
  Size: z.number().nonnegative().default(0),
  Created: z.string().nullish(),
  Config: z.looseObject({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});

/** Undefined if it is no answer of an engine. `engine`: undefined if it could not be asked, and nothing is said of the match. */
export function readImage(answer: unknown, engine: EngineIdentity | undefined): LocalImage | undefined {
  const { success, data } = Inspection.safeParse(answer);
  if (!success) return undefined;
  return {
    id: data.Id,
    tags: (data.RepoTags ?? []).filter(tag => !tag.startsWith('<none>')),
    digests: (data.RepoDigests ?? []).filter(digest => !digest.startsWith('<none>')),
    os: data.Os,
    architecture: data.Architecture,
    mismatch: engine ? describeMismatch(data.Os, data.Architecture, engine) : null,
    sizeBytes: Math.round(data.Size),
    createdAt: data.Created ? toIso(data.Created) : null,
    labels: data.Config?.Labels ?? {},
  };
}

/** Architectures that an engine of another one runs by itself, in hardware. */
const alsoRuns: Readonly<Record<string, readonly string[]>> = { amd64: ['386'], arm64: ['arm'] };

/** A sentence, or null if the image runs there. An image that was imported may not say what it is for. */
export function describeMismatch(
  os: string,
  architecture: string,
  engine: Pick<EngineIdentity, 'os' | 'arch'>,
): string | null {
  if (os !== '' && os !== engine.os) return `The image is for ${os}, and the engine runs ${engine.os}.`;
  const fits = architecture === '' || architecture === engine.arch || alsoRuns[engine.arch]?.includes(architecture);
  return fits ? null : `The image is for ${architecture} processors, and the engine has ${engine.arch}.`;
}
