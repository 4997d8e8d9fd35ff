// What the doctor can do itself. Nothing of it happens without being asked for.
import type { DoctorNeeds } from './doctor-needs.ts';
import { shortId } from './fix-ids.ts';

export interface Fix {
  /** The check that is run again. */
  checks: string;
  /** Of a check with several rows: which one. */
  about?: string;
  /** Answers what there is to tell if it goes on after this; null: it is done. */
  apply(): Promise<string | null>;
}

export function findFix(id: string, needs: DoctorNeeds): Fix | undefined {
  const simple: Record<string, Fix> = {
    probe: { checks: 'docker.usable', apply: done(async () => void (await needs.docker.look())) },
    'enable-profiles': {
      checks: 'docker.dialect',
      apply: done(needs.docker.enableProfiles),
    },
    'sweep-orphans': { checks: 'containers.orphans', apply: done(async () => void (await needs.sweep(false))) },
    'remove-leftovers': { checks: 'gateways.files', apply: done(needs.leftovers.remove) },
  };
  if (Object.hasOwn(simple, id)) return simple[id];
  const [kind, what] = id.split(/:(.*)/s, 2);
  if (kind === 'restart-gateway') return restartGateway(what ?? '', needs);
  return kind === 'pull-image' ? pullImage(what ?? '', needs) : undefined;
}

const done = (act: () => Promise<void>) => async (): Promise<null> => {
  await act();
  return null;
};

function restartGateway(profile: string, { gateways }: DoctorNeeds): Fix | undefined {
  if (!gateways.list().some(gateway => gateway.profile === profile)) return undefined;
  return { checks: 'gateways.state', about: profile, apply: done(() => gateways.restart(profile)) };
}

function pullImage(id: string, { servers, images }: DoctorNeeds): Fix | undefined {
  const sources = servers().map(({ server }) => server.source);
  const found = sources.find(source => source.type === 'image' && shortId(source.image) === id);
  const pull = images.pull?.bind(images);
  if (found?.type !== 'image' || !pull) return undefined;
  return {
    checks: 'servers.images',
    about: id,
    async apply() {
      const { operationId } = await pull(found.image);
      return `${found.image} is being pulled; follow the operation ${operationId}.`;
    },
  };
}
