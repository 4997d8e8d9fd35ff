import { problem } from '../../../shared/api/problem.ts';
import {
  NetworkConfig,
  ResourceLimits,
  type ServerConfiguration,
  type ServerConfigurationChange,
} from '../../../shared/api/server-configuration.ts';
import { definedOnly } from '../../../shared/domain/defined.ts';

/** A configuration before anybody has chosen anything. */
export const defaultConfiguration = (serverId: string, updatedAt: string): Omit<ServerConfiguration, 'id'> => ({
  serverId,
  arguments: [],
  environment: {},
  workingDirectory: null,
  restart: 'on-failure',
  session: 'shared',
  disabledTools: [],
  settings: {},
  limits: ResourceLimits.parse({}),
  network: NetworkConfig.parse({}),
  secretReferences: [],
  updatedAt,
});

/** The configuration with a change applied: what the change does not name stays. */
export function applyChange<T extends Omit<ServerConfiguration, 'id'>>(
  configuration: T,
  change: ServerConfigurationChange,
  updatedAt: string,
): T {
  const { limits, network, ...rest } = change;
  return {
    ...configuration,
    ...definedOnly(rest),
    limits: { ...configuration.limits, ...definedOnly(limits ?? {}) },
    network: { ...configuration.network, ...definedOnly(network ?? {}) },
    updatedAt,
  };
}

const isFilled = (value: object | string | null | undefined): boolean =>
  value !== undefined && value !== null && Object.keys(value).length > 0;

/** Errors: REQUEST_001 for what a server of this engine has no use for. */
export function refuseForeign(engine: 'process' | 'docker', change: ServerConfigurationChange): void {
  const docker = engine === 'docker';
  const wrong = docker
    ? (['arguments', 'environment', 'workingDirectory'] as const).find(key => isFilled(change[key]))
    : isFilled(change.settings) && 'settings';
  if (docker && change.session === 'per-client') throw oneSession();
  if (!wrong) return;
  throw problem('REQUEST_001', {
    detail: docker
      ? 'A server of Docker is started as its definition says; it takes settings and secrets, and nothing else.'
      : 'Only servers of Docker have settings; this one takes arguments and variables.',
    next: 'Leave that out.',
    errors: [{ path: `/configuration/${wrong}`, message: 'This server has no such thing.' }],
  });
}

const oneSession = () =>
  problem('REQUEST_001', {
    detail: 'Docker’s gateway has one session with a server for all its clients.',
    next: 'Leave that out.',
    errors: [{ path: '/configuration/session', message: 'A server of Docker has one session for all.' }],
  });
