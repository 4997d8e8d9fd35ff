import { describePackageEngineContract } from '../../contracts/engine.contract.ts';
import { createFakeEngine, testIntegrity, testPackage, testVersion } from '../../support/fake-engine.ts';

describePackageEngineContract('the engine that tests use', async () => {
  const engine = createFakeEngine();
  return {
    engine,
    good: { package: testPackage('echo'), version: testVersion, integrity: testIntegrity('echo') },
    neverEnding() {
      engine.behaviour.installMs = 60_000;
      return testPackage('echo');
    },
    close: async () => {},
  };
});
