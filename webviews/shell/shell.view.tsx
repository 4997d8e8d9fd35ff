// The page's frame: places, connection, theme, sign out. The editor has its own and shows none of this.
import type { ComponentChildren } from 'preact';
import { createWaiting } from '../gateway/waiting.state.ts';
import { useApp } from '../kit/app.ts';
import { Icon, IconButton, PlaceLink } from '../kit/controls.tsx';
import { Select } from '../kit/fields.tsx';
import type { Location } from '../kit/location.ts';
import { useOwned } from '../kit/owned.ts';
import { StateMark } from '../kit/server-state.tsx';
import { type ThemeState, themes } from './theme.ts';
import './shell.css';

const themeNames: Record<(typeof themes)[number], string> = {
  auto: 'System theme',
  light: 'Light',
  dark: 'Dark',
  contrast: 'High contrast',
};

interface ShellProps {
  theme: ThemeState;
  onSignOut: () => void;
  children: ComponentChildren;
}

export function Shell({ theme, onSignOut, children }: ShellProps) {
  const { host } = useApp();
  const { view } = host.location.value;
  const skip = () => document.getElementById('content')?.focus();
  return (
    <div class="shell">
      <button type="button" class="skip-link" onClick={skip}>
        Skip to the content
      </button>
      <header class="rail">
        <div class="rail-title">
          <Icon name="server-environment" /> Quayside
        </div>
        <nav class="rail-places" aria-label="Places">
          <Place to={{ view: 'dashboard' }} icon="dashboard" current={view === 'dashboard'}>
            Dashboard
          </Place>
          <Place to={{ view: 'catalog' }} icon="library" current={view === 'catalog' || view === 'catalogs'}>
            Catalog
          </Place>
          <Place to={{ view: 'servers' }} icon="server-process" current={view === 'servers'}>
            Servers
          </Place>
          <ServerPlaces location={host.location.value} />
          <Place to={{ view: 'gateway' }} icon="radio-tower" current={view === 'gateway'}>
            Gateway
            <WaitingCount />
          </Place>
          <DockerPlaces view={view} />
          <Place to={{ view: 'secrets' }} icon="key" current={view === 'secrets'}>
            Secrets
          </Place>
          <Place to={{ view: 'access' }} icon="organization" current={view === 'access'}>
            Access
          </Place>
          <a class="place" href="/api/docs" target="_blank" rel="noopener">
            <Icon name="json" />
            <span class="place-text">API</span>
            <span class="only-heard"> (opens a new tab)</span>
          </a>
        </nav>
        <div class="rail-foot">
          <WhoIsIn />
          <ConnectionMark />
          <Select
            label="Theme"
            value={theme.theme.value}
            options={themes.map(value => ({ value, label: themeNames[value] }))}
            onChange={theme.choose}
          />
          <IconButton icon="sign-out" label="Sign out" onClick={onSignOut} />
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

interface PlaceProps {
  to: Location;
  icon: string;
  current: boolean;
  children: ComponentChildren;
}

const Place = ({ to, icon, current, children }: PlaceProps) => (
  <PlaceLink to={to} class="place" current={current}>
    <Icon name={icon} />
    <span class="place-text">{children}</span>
  </PlaceLink>
);

/** What waits for a person is seen from every place. */
function WaitingCount() {
  const app = useApp();
  const waiting = useOwned(() => createWaiting(app));
  const count = waiting.approvals.value + waiting.changes.value;
  return count === 0 ? null : (
    <span class="tab-count">
      {count}
      <span class="only-heard"> to decide</span>
    </span>
  );
}

function ServerPlaces({ location }: { location: Location }) {
  const { live } = useApp();
  const servers = live.servers.value.value ?? [];
  if (servers.length === 0) return null;
  return (
    <ul class="server-places">
      {servers.map(server => (
        <li key={server.id}>
          <PlaceLink
            to={{ view: 'server', id: server.id }}
            class="place"
            current={(location.view === 'server' || location.view === 'tool') && location.id === server.id}
          >
            <StateMark state={server.state} iconOnly />
            <span class="place-text">{server.id}</span>
          </PlaceLink>
        </li>
      ))}
    </ul>
  );
}

const dockerPlaces = [
  { view: 'profiles', icon: 'layers', name: 'Profiles' },
  { view: 'containers', icon: 'package', name: 'Containers' },
  { view: 'clients', icon: 'plug', name: 'Clients' },
  { view: 'doctor', icon: 'pulse', name: 'Doctor' },
] as const;

const DockerPlaces = ({ view }: { view: Location['view'] }) => (
  <>
    {dockerPlaces.map(place => (
      <Place key={place.view} to={{ view: place.view }} icon={place.icon} current={view === place.view}>
        {place.name}
      </Place>
    ))}
  </>
);

/** In whose name the page asks; the way to one's own account. */
function WhoIsIn() {
  const { live } = useApp();
  const principal = live.session.value.value?.principal;
  if (!principal) return null;
  return (
    <PlaceLink to={{ view: 'access', tab: 'account' }} class="who-is-in">
      <Icon name="account" />
      <span class="only-heard">Signed in as </span>
      <span class="place-text">
        {principal.name}
        {principal.roles.length > 0 && <span class="quiet"> {principal.roles.join(', ')}</span>}
      </span>
    </PlaceLink>
  );
}

const connectionWords = { connecting: 'Connecting', live: 'Connected', lost: 'Not connected' } as const;

function ConnectionMark() {
  const { live } = useApp();
  const state = live.connection.value;
  return (
    <span class={`connection connection-${state}`}>
      <Icon name={state === 'live' ? 'pass-filled' : state === 'lost' ? 'debug-disconnect' : 'sync'} />
      <span class="place-text">{connectionWords[state]}</span>
    </span>
  );
}
