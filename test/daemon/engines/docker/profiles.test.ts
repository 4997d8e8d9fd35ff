import { describeProfileContract } from '../../../contracts/profiles.contract.ts';
import { profilesInMemory, simulatedProfiles } from '../../../support/profiles-under-test.ts';

describeProfileContract('profiles in memory', profilesInMemory, { slow: false });
describeProfileContract('docker mcp with profiles', () => simulatedProfiles('profile'), { slow: true });
describeProfileContract('docker mcp without profiles', () => simulatedProfiles('legacy'), { slow: true });
