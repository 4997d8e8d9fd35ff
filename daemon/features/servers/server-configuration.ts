import {
  NetworkConfig,
  ResourceLimits,
  type ServerConfiguration,
  type ServerConfigurationChange,
} from '../../../shared/api/servers.ts';

/** A configuration before anybody has chosen anything. */
export const defaultConfiguration = (serverId: string, updatedAt: string): Omit<ServerConfiguration, 'id'> => ({
  serverId,
  arguments: [],
  environment: {},
  workingDirectory: null,
  restart: 'on-failure',
  disabledTools: [],
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
    ...withoutUndefined(rest),
    limits: { ...configuration.limits, ...withoutUndefined(limits ?? {}) },
    network: { ...configuration.network, ...withoutUndefined(network ?? {}) },
    updatedAt,
  };
}

const withoutUndefined = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<T>;
