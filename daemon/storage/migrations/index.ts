import type { Migration } from '../migrate.ts';
import { initial } from './0001-initial.ts';
import { vault } from './0002-vault.ts';
import { keyRotation } from './0003-key-rotation.ts';
import { docker } from './0004-docker.ts';
import { identity } from './0005-identity.ts';

/** In order. A migration that has been released is never changed; a mistake is mended by the next one. */
export const migrations: readonly Migration[] = [initial, vault, keyRotation, docker, identity];
