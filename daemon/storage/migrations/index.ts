import type { Migration } from '../migrate.ts';
import { initial } from './0001-initial.ts';
import { vault } from './0002-vault.ts';
import { keyRotation } from './0003-key-rotation.ts';
import { docker } from './0004-docker.ts';
import { identity } from './0005-identity.ts';
import { gateway } from './0006-gateway.ts';
import { guards } from './0007-guards.ts';
import { tests } from './0008-tests.ts';
import { calls } from './0009-calls.ts';
import { bitwarden } from './0010-bitwarden.ts';
import { secretFiles } from './0011-secret-files.ts';
import { recordOrder } from './0012-record-order.ts';
import { names } from './0013-names.ts';
import { testRunReason } from './0014-test-run-reason.ts';
import { sentBesides } from './0015-sent-besides.ts';

/** In order. A migration that has been released is never changed; a mistake is mended by the next one. */
export const migrations: readonly Migration[] = [
  initial,
  vault,
  keyRotation,
  docker,
  identity,
  gateway,
  guards,
  tests,
  calls,
  bitwarden,
  secretFiles,
  recordOrder,
  names,
  testRunReason,
  sentBesides,
];
