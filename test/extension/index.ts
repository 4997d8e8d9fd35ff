// The suite inside the extension host. The runner bundles this file and the editor calls run().
import { runMocha } from '../support/code-server/host-mocha.ts';

export const run = (): Promise<void> =>
  runMocha(async () => {
    await import('./activation.test.ts');
    await import('./journey.test.ts');
    await import('./panels.test.ts');
    await import('./tests.test.ts');
    await import('./tests-continuous.test.ts');
    await import('./tests-commands.test.ts');
    await import('./secrets.test.ts');
    await import('./users.test.ts');
    await import('./gateway.test.ts');
    await import('./docker.test.ts');
  });
