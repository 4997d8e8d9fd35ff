// Which view is shown where, in either host.
import { useEffect, useRef } from 'preact/hooks';
import { AccessView } from '../access/access.view.tsx';
import { CatalogView } from '../catalog/catalog.view.tsx';
import { CatalogsView } from '../catalog/catalogs.view.tsx';
import { EntryView } from '../catalog/entry.view.tsx';
import { ClientsView } from '../clients/clients.view.tsx';
import { ContainersView } from '../containers/containers.view.tsx';
import { DashboardView } from '../dashboard/dashboard.view.tsx';
import { ServersView } from '../dashboard/servers.view.tsx';
import { DoctorView } from '../doctor/doctor.view.tsx';
import { GatewayView } from '../gateway/gateway.view.tsx';
import { Announcer } from '../kit/announcer.view.tsx';
import { useApp } from '../kit/app.ts';
import { Button, Icon } from '../kit/controls.tsx';
import { Empty } from '../kit/feedback.tsx';
import type { FactorGate } from '../kit/fresh-factor.ts';
import { type Location, placeOf } from '../kit/location.ts';
import { ProfileView } from '../profiles/profile.view.tsx';
import { ProfilesView } from '../profiles/profiles.view.tsx';
import { SecretsView } from '../secrets/secrets.view.tsx';
import { ServerView } from '../server/server.view.tsx';
import { ToolView } from '../tool/tool.view.tsx';
import { FreshFactor } from './fresh-factor.view.tsx';
import { Shell } from './shell.view.tsx';
import { SignInView } from './sign-in.view.tsx';
import type { ThemeState } from './theme.ts';

interface AppViewProps {
  /** Of the page; the editor has its own. */
  theme: ThemeState | undefined;
  factors: FactorGate;
}

export function AppView({ theme, factors }: AppViewProps) {
  const { host, live, api } = useApp();
  const location = host.location.value;
  const signOut = async () => {
    // Signed out is what the person wants to see, also if the daemon is gone.
    await api.deleteSession().catch(() => undefined);
    live.stop();
    host.open({ view: 'login', ticket: undefined });
  };
  const signedIn = () => {
    // Whoever came to a place and was asked who it is, goes on to that place.
    if (location.view === 'login') {
      window.history.replaceState(null, '', '#/dashboard');
      window.dispatchEvent(new HashChangeEvent('hashchange'));
    }
    live.stop();
    live.start();
  };
  if (!theme)
    return (
      <main class="panel">
        <Banner />
        <Place location={location} />
        <Announcer />
      </main>
    );
  if (location.view === 'login' || live.signedOut.value)
    return (
      <>
        <SignInView
          ticket={location.view === 'login' ? location.ticket : undefined}
          isInvitation={location.view === 'login' && location.isInvitation === true}
          refusal={location.view === 'login' ? location.problem : undefined}
          onSignedIn={signedIn}
        />
        <Announcer />
      </>
    );
  return (
    <Shell theme={theme} onSignOut={() => void signOut()}>
      <Banner />
      <Place location={location} />
      <FreshFactor gate={factors} />
      <Announcer />
    </Shell>
  );
}

/** The view of a place. Keyed by the place, so that each has its own state. */
function Place({ location }: { location: Location }) {
  const text = placeOf(location);
  const first = useRef(true);
  useEffect(() => {
    document.title = `${titleOf(location)} - Quayside`;
    // After a step to another place the focus would be lost with the link that was left.
    if (!first.current) document.getElementById('content')?.focus({ preventScroll: true });
    if (!first.current) document.getElementById('content')?.scrollTo(0, 0);
    first.current = false;
  }, [text]);
  switch (location.view) {
    case 'dashboard':
      return <DashboardView key={text} />;
    case 'servers':
      return <ServersView key={text} />;
    case 'secrets':
      return <SecretsView key={text} />;
    case 'gateway':
      return <GatewayView key={text} />;
    case 'access':
      return <AccessView key={text} />;
    case 'catalog':
      return location.entry === undefined ? <CatalogView key={text} /> : <EntryView key={text} id={location.entry} />;
    case 'catalogs':
      return <CatalogsView key={text} />;
    case 'profiles':
      return location.profile === undefined ? (
        <ProfilesView key={text} />
      ) : (
        <ProfileView key={text} id={location.profile} />
      );
    case 'containers':
      return <ContainersView key={text} />;
    case 'clients':
      return <ClientsView key={text} />;
    case 'doctor':
      return <DoctorView key={text} />;
    case 'server':
      return <ServerView key={text} id={location.id} />;
    case 'tool':
      return <ToolView key={text} serverId={location.id} name={location.tool} />;
    default:
      return <NoPlace />;
  }
}

function titleOf(location: Location): string {
  if (location.view === 'server') return location.id;
  if (location.view === 'tool') return `${location.tool} (${location.id})`;
  if (location.view === 'catalog') return location.entry ?? 'Catalog';
  if (location.view === 'profiles') return location.profile ?? 'Profiles';
  return placeNames[location.view] ?? 'Dashboard';
}

const placeNames: Partial<Record<Location['view'], string>> = {
  secrets: 'Secrets',
  access: 'Access',
  gateway: 'Gateway',
  servers: 'Servers',
  catalogs: 'Catalogs',
  containers: 'Containers',
  clients: 'Clients',
  doctor: 'Doctor',
};

function NoPlace() {
  const { host } = useApp();
  return (
    <div class="view">
      <Empty alone icon="question" title="There is nothing at this address">
        <Button kind="primary" onClick={() => host.open({ view: 'dashboard' })}>
          Open the dashboard
        </Button>
      </Empty>
    </div>
  );
}

/** Said quietly while the daemon is away; it goes by itself. */
function Banner() {
  const { live } = useApp();
  const stopping = live.stopping.value;
  if (live.connection.value !== 'lost' && stopping === undefined) return null;
  return (
    <div class="banner" role="status">
      <Icon name="debug-disconnect" />
      <span>
        {live.connection.value === 'lost'
          ? 'The daemon does not answer. What is shown may be old; this page connects again by itself.'
          : `The daemon is stopping: ${stopping}.`}
      </span>
    </div>
  );
}
