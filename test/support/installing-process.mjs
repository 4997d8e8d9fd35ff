// A process that installs a package with the process engine, to be killed. Arguments: the engine's folder, the user's
// home folder and the package.
import { createProcessEngine } from '../../daemon/engines/process/process.engine.ts';

const [folder, home, name] = process.argv.slice(2);
const engine = createProcessEngine({
  folder,
  runtime: process.execPath,
  runtimeIsElectron: false,
  hostEnvironment: { PATH: process.env.PATH, HOME: home },
  platform: process.platform,
});
await engine.install(
  { kind: 'package', serverId: 'one', package: name, version: 'latest', integrity: undefined, allowScripts: false },
  { onProgress: () => {}, signal: new AbortController().signal },
);
