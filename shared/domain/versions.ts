/** Compares two versions as semver does for numbers and pre-releases: negative if a is older, 0 if equal. */
export function compareVersions(a: string, b: string): number {
  const [coreA, preA] = split(a);
  const [coreB, preB] = split(b);
  for (let i = 0; i < 3; i++) {
    const difference = (coreA[i] ?? 0) - (coreB[i] ?? 0);
    if (difference !== 0) return difference;
  }
  if (preA === preB) return 0;
  if (preA === '') return 1;
  if (preB === '') return -1;
  return preA < preB ? -1 : 1;
}

function split(version: string): [number[], string] {
  const [core = '', ...pre] = version.split('+', 1)[0]?.split('-') ?? [];
  return [core.split('.').map(Number), pre.join('-')];
}
