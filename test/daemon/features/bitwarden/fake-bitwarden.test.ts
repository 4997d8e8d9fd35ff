import { walkThroughBitwarden } from '../../../contracts/bitwarden.contract.ts';
import { createFakeBitwarden, fakeAccount, fakeItem } from '../../../support/fake-bitwarden.ts';
import { createTemporaryFolder } from '../../../support/temporary-folder.ts';

describe('the Bitwarden of the tests', () => {
  it('does what the real one does', async () => {
    await using folder = await createTemporaryFolder('fake-bitwarden');
    const { email, password, apiKey, items } = fakeAccount({ items: [fakeItem('one')] });
    const bitwarden = createFakeBitwarden({ ...fakeAccount(), items });
    const account = bitwarden.inFolder(folder.path);
    await walkThroughBitwarden({ account, apiKey, email, password, itemNames: ['Item one'] });
  });
});
