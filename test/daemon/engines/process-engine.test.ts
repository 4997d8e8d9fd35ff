import { describePackageEngineContract } from '../../contracts/engine.contract.ts';
import { createEngineHome } from '../../support/process-engine.ts';

const server = '#!/usr/bin/env node\nprocess.stdin.resume();\n';

describePackageEngineContract('the process engine', async () => {
  const { engine, registry, close } = await createEngineHome();
  const name = '@quayside-test/good';
  const integrity = registry.publish({
    name,
    version: '1.2.3',
    manifest: {
      bin: { good: 'index.js' },
      description: 'A good server',
      dependencies: { '@quayside-test/part': '^1.0.0' },
    },
    files: { 'index.js': server },
  });
  registry.publish({ name: '@quayside-test/part', files: { 'index.js': '' } });
  return {
    engine,
    good: { package: name, version: '1.2.3', integrity },
    neverEnding() {
      registry.publish({ name: '@quayside-test/slow', manifest: { bin: 'index.js' }, files: { 'index.js': server } });
      registry.faults.hang.add('@quayside-test/slow');
      return '@quayside-test/slow';
    },
    close,
  };
});
