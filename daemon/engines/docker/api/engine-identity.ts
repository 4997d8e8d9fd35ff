// What the engine says of itself, from GET /info and GET /version.
import * as z from 'zod';
import type { EngineIdentity } from './container-control.ts';

const Info = z.looseObject({
  Name: z.string().default(''),
  OperatingSystem: z.string().default(''),
  OSType: z.string().default('linux'),
  CgroupVersion: z.string().optional(),
  ContainersRunning: z.int().default(0),
  SystemTime: z.string().optional(),
  SecurityOptions: z.array(z.string()).nullish(),
  DriverStatus: z.array(z.array(z.string())).nullish(),
});

const Version = z.looseObject({
  Version: z.string(),
  ApiVersion: z.string(),
  Arch: z.string().default(''),
  Os: z.string().optional(),
});

/** Undefined if it is not what an engine answers. */
export function readIdentity(info: unknown, version: unknown): EngineIdentity | undefined {
  const [about, release] = [Info.safeParse(info), Version.safeParse(version)];
  if (!about.success || !release.success) return undefined;
  const { data } = about;
  return {
    version: release.data.Version,
    apiVersion: release.data.ApiVersion,
    os: release.data.Os ?? data.OSType,
    arch: release.data.Arch,
    name: data.Name,
    // The same mark that docker mcp looks for.
    isDesktop: data.OperatingSystem === 'Docker Desktop',
    isRootless: data.SecurityOptions?.some(option => option.includes('rootless')) ?? false,
    containerd:
      data.DriverStatus?.some(([key, value]) => key === 'driver-type' && value?.includes('io.containerd')) ?? false,
    cgroup: data.CgroupVersion === '1' ? 1 : data.CgroupVersion === '2' ? 2 : null,
    containersRunning: data.ContainersRunning,
    time: data.SystemTime ? toIso(data.SystemTime) : null,
  };
}

const toIso = (text: string): string | null => {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
};
