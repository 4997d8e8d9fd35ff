import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { readAll } from '../../daemon-link/pages.ts';
import { views } from '../../platform/contributions.ts';
import { createFlatTree } from '../../platform/flat-tree.ts';
import { type PeopleRow, peopleRows, toPeopleNode } from './users.nodes.ts';

export type PeopleTree = ReturnType<typeof createPeopleTree>;

/** Those who may sign in, and the keys of programs. */
export const createPeopleTree = (link: DaemonLink, mirror: Mirror) =>
  createFlatTree<PeopleRow>({
    view: views.people,
    isReadable: () => link.state.kind === 'connected',
    async read() {
      const [users, keys] = await Promise.all([
        readAll(query => link.api.listUsers({ query })),
        readAll(query => link.api.listKeys({ query })),
      ]);
      return peopleRows(users, keys);
    },
    toNode: row => toPeopleNode(row, Date.now()),
    subscribe: redraw => [
      link.onEvent(({ type }) => {
        if (type === 'access.changed' || type === 'reset') redraw();
      }),
      // Everything was read anew because somebody wants to see it so.
      mirror.onDidChange(what => {
        if (what.has('catalog')) redraw();
      }),
      link.onDidChangeState(redraw),
    ],
  });
