import { once } from 'node:events';
import open from 'open';

/** Whether there is a browser to open without being asked: not in CI, and not where there is no display. */
export const hasBrowser = (environment: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): boolean =>
  !environment['CI'] && (platform !== 'linux' || Boolean(environment['DISPLAY'] || environment['WAYLAND_DISPLAY']));

/** Opens an http address. Returns whether the opener was found and took it. */
export async function openInBrowser(url: string): Promise<boolean> {
  if (!/^https?:\/\//.test(url)) return false;
  try {
    const opener = await open(url);
    opener.on('error', () => {});
    if (opener.exitCode !== null) return opener.exitCode === 0;
    const [code] = await Promise.race([
      once(opener, 'exit'),
      new Promise<[number]>(done => setTimeout(done, 500, [0])),
    ]);
    return code === 0;
  } catch {
    return false;
  }
}
