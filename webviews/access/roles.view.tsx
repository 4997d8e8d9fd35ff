import type { listRoles } from '../../shared/api/roles.ts';
import { permissions, type RouteOutput } from '../../shared/api/route.ts';
import { permissionsOfAgents } from '../../shared/domain/roles.ts';
import { useApp } from '../kit/app.ts';
import { Icon } from '../kit/controls.tsx';
import { Loaded } from '../kit/feedback.tsx';
import { createLoad } from '../kit/load.ts';
import { useOwned } from '../kit/owned.ts';
import { Table } from '../kit/table.tsx';
import { Explain } from './explain.view.tsx';

type Roles = RouteOutput<typeof listRoles>['items'];

/** What each role may do, and why somebody may do something. */
export function RolesTab() {
  const { api } = useApp();
  const roles = useOwned(() => {
    const load = createLoad(abort => api.listRoles({}, { signal: abort }));
    void load.reload();
    return load;
  });
  return (
    <>
      <Explain />
      <section class="section" aria-label="Roles">
        <h2>What each role may do</h2>
        <Loaded load={roles} what="the roles">
          {({ items }) => (
            <>
              <dl class="fact-list">
                {items.map(({ role, description }) => (
                  <RoleWords key={role} name={role} description={description} />
                ))}
                <RoleWords
                  name="agent"
                  description="A key of this kind lists and calls tools, whatever its roles are."
                />
                <RoleWords
                  name="owner"
                  description="Whoever can read the token in the state folder may do everything."
                />
              </dl>
              <RoleTable roles={items} />
            </>
          )}
        </Loaded>
      </section>
    </>
  );
}

const RoleWords = ({ name, description }: { name: string; description: string }) => (
  <>
    <dt>{name}</dt>
    <dd>{description}</dd>
  </>
);

function RoleTable({ roles }: { roles: Roles }) {
  const columns = [
    ...roles.map(({ role, permissions: given }) => ({ name: role, given: given as readonly string[] })),
    { name: 'agent', given: permissionsOfAgents as readonly string[] },
  ];
  return (
    <Table
      label="Roles and permissions"
      class="role-table"
      columns={['Permission', ...columns.map(({ name }) => name)]}
    >
      {permissions.map(permission => (
        <tr key={permission} data-permission={permission}>
          <th scope="row">
            <code>{permission}</code>
          </th>
          {columns.map(({ name, given }) => (
            <td key={name}>
              <Given given={given.includes(permission)} />
            </td>
          ))}
        </tr>
      ))}
    </Table>
  );
}

/** Never by the mark alone. */
const Given = ({ given }: { given: boolean }) => (
  <>
    <Icon name={given ? 'check' : 'dash'} class={given ? 'state-good' : 'quiet'} />
    <span class="only-heard">{given ? 'yes' : 'no'}</span>
  </>
);
