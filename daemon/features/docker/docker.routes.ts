// What Docker is on this machine: asked for, looked at anew, and told to everybody when it has changed.
import type { DockerStatus } from '../../../shared/api/docker.ts';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import type { Handlers } from '../../http/context.ts';

export interface DockerNeeds {
  /** The last look; the first call looks. Never rejects. */
  status(): Promise<DockerStatus>;
  look(): Promise<DockerStatus>;
  onStatusChange(listener: (status: DockerStatus) => void): () => void;
  /** Reads the profiles again after a look that a person has asked for. */
  readAnew(): Promise<void>;
  publish(event: DaemonEvent): void;
  onFailure(error: unknown, what: string): void;
}

export interface DockerFeature {
  handlers: Pick<Handlers, 'getDocker' | 'probeDocker'>;
  close(): void;
}

export function createDockerFeature(needs: DockerNeeds): DockerFeature {
  const close = needs.onStatusChange(docker => needs.publish({ type: 'docker.changed', docker }));
  return {
    close,
    handlers: {
      getDocker: () => needs.status(),
      async probeDocker() {
        const status = await needs.look();
        // What cannot be read now is told by the status and by the servers; the look itself has worked.
        if (status.available) await needs.readAnew().catch(error => needs.onFailure(error, 'profiles'));
        return status;
      },
    },
  };
}
