// Forms for what is not in the catalog: any npm package, a local command, a remote server.
import { useState } from 'preact/hooks';
import type { Problem } from '../../shared/api/problem.ts';
import { NewServer } from '../../shared/api/servers.ts';
import { Name, nameFromPackage, PackageName } from '../../shared/domain/names.ts';
import { useApp } from '../kit/app.ts';
import { Button } from '../kit/controls.tsx';
import { Note, ProblemNotice } from '../kit/feedback.tsx';
import { Checkbox, Field, TextArea, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { createAct } from '../kit/load.ts';
import { useOwned } from '../kit/owned.ts';
import { createInstallState, freeName } from './install.state.ts';
import { InstallProgress } from './install.view.tsx';

/** Why a name cannot be used, or undefined. */
export function nameError(name: string, taken: ReadonlySet<string>): string | undefined {
  const parsed = Name.safeParse(name);
  if (!parsed.success) return parsed.error.issues[0]?.message;
  return taken.has(name) ? 'A server of this name is there already.' : undefined;
}

/** The daemon's message for one field of the request. */
export const problemAt = (problem: Problem | undefined, path: string): string | undefined =>
  problem?.errors?.find(error => error.path === path || error.path === `/body${path}`)?.message;

interface AddFormProps {
  onClose: () => void;
}

const useTaken = (): ReadonlySet<string> => {
  const { live } = useApp();
  return new Set((live.servers.value.value ?? []).map(({ id }) => id));
};

export function PackageForm({ onClose }: AddFormProps) {
  const app = useApp();
  const taken = useTaken();
  const [packageName, setPackage] = useState('');
  const [version, setVersion] = useState('');
  const [typedName, setName] = useState<string>();
  const [scripts, setScripts] = useState(false);
  const [start, setStart] = useState(true);
  const [tried, setTried] = useState(false);
  const state = useOwned(() => createInstallState(app, () => false));
  const name = typedName ?? (packageName ? freeName(nameFromPackage(packageName.trim()), taken) : '');
  const wrongPackage = PackageName.safeParse(packageName.trim()).error?.issues[0]?.message;
  const wrongName = nameError(name, taken);
  const problem = state.act.problem.value;
  const running = state.running.value;
  const install = () => {
    setTried(true);
    state.forget();
    if (wrongPackage !== undefined || wrongName !== undefined) return;
    const wanted = version.trim();
    void state.install({
      from: { package: packageName.trim(), ...(wanted === '' ? {} : { version: wanted }) },
      serverId: name,
      allowScripts: scripts,
      start,
    });
  };
  const shown = (own: string | undefined) =>
    tried && !running && state.operation.value?.state !== 'succeeded' ? own : undefined;
  return (
    <>
      <h2>Install an npm package</h2>
      <Form label="Install an npm package" onSubmit={install}>
        <div class="field-columns">
          <Field
            label="Package"
            required
            error={problemAt(problem, '/from/package') ?? problemAt(problem, '/from') ?? shown(wrongPackage)}
          >
            <TextInput value={packageName} onInput={setPackage} placeholder="@scope/my-server" />
          </Field>
          <Field label="Version, range or tag" error={problemAt(problem, '/from/version')}>
            <TextInput value={version} onInput={setVersion} placeholder="latest" />
          </Field>
          <Field label="Name" required error={problemAt(problem, '/serverId') ?? shown(wrongName)}>
            <TextInput value={name} onInput={setName} maxLength={64} />
          </Field>
        </div>
        <Checkbox label="Start it when it is installed" checked={start} onChange={setStart} />
        <Checkbox
          label="Let the package run install scripts"
          description="Programs of the package, and of those it needs, then run once while it is installed, with your rights. Leave this off unless the package cannot do without."
          checked={scripts}
          onChange={setScripts}
        />
        <Note icon="shield">
          <p>
            The exact version is pinned with its checksum when it is installed. The server runs with your rights on this
            machine and is not isolated.
          </p>
        </Note>
        <FormButtons label="Install" busy={running} onClose={onClose} />
      </Form>
      <InstallProgress state={state} />
    </>
  );
}

const FormButtons = ({ label, busy, onClose }: { label: string; busy: boolean; onClose: () => void }) => (
  <div class="button-row">
    <Button kind="primary" type="submit" busy={busy}>
      {label}
    </Button>
    <Button onClick={onClose}>Close</Button>
  </div>
);

/** What both forms of createServer share: send, show field errors, open the new server. */
function useNewServer() {
  const { api, host } = useApp();
  const act = useOwned(() => ({ ...createAct(), close() {} }));
  const [own, setOwn] = useState<Problem['errors']>([]);
  const create = async (input: unknown) => {
    const parsed = NewServer.safeParse(input);
    setOwn(
      parsed.error?.issues.map(issue => ({ path: `/${issue.path.map(String).join('/')}`, message: issue.message })),
    );
    if (!parsed.success) return;
    const server = await act.run('create', () => api.createServer({ body: parsed.data }));
    if (server) host.open({ view: 'server', id: server.id });
  };
  const problem = act.problem.value;
  const errorAt = (path: string) => own?.find(error => error.path === path)?.message ?? problemAt(problem, path);
  const general = problem && !(problem.errors && problem.errors.length > 0) ? problem : undefined;
  return { create, errorAt, general, busy: act.running.value !== undefined };
}

export function CommandForm({ onClose }: AddFormProps) {
  const { create, errorAt, general, busy } = useNewServer();
  const [name, setName] = useState('');
  const [command, setCommand] = useState('');
  const [args, setArgs] = useState('');
  const send = () =>
    void create({
      type: 'command',
      id: name.trim(),
      command: command.trim(),
      configuration: { arguments: args.split('\n').filter(line => line !== '') },
    });
  const argumentError = args
    .split('\n')
    .map((_, index) => errorAt(`/configuration/arguments/${index}`))
    .find(Boolean);
  return (
    <>
      <h2>Add a command</h2>
      <p class="quiet">
        A program by its absolute path, or by its name on PATH. It must speak MCP on standard input and output.
      </p>
      <Form label="Add a command" onSubmit={send}>
        <div class="field-columns">
          <Field label="Name" required error={errorAt('/id')}>
            <TextInput value={name} onInput={setName} maxLength={64} placeholder="my-server" />
          </Field>
          <Field label="Command" required error={errorAt('/command')}>
            <TextInput value={command} onInput={setCommand} monospace placeholder="/usr/local/bin/my-server" />
          </Field>
        </div>
        <Field
          label="Arguments"
          description="One on each line."
          error={argumentError ?? errorAt('/configuration/arguments')}
        >
          <TextArea value={args} onInput={setArgs} monospace rows={3} />
        </Field>
        <Note icon="shield">
          <p>The command runs with your rights on this machine and is not isolated.</p>
        </Note>
        {general && <ProblemNotice problem={general} />}
        <FormButtons label="Add" busy={busy} onClose={onClose} />
      </Form>
    </>
  );
}

export function RemoteForm({ onClose }: AddFormProps) {
  const { create, errorAt, general, busy } = useNewServer();
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const send = () => void create({ type: 'remote', id: name.trim(), url: url.trim() });
  return (
    <>
      <h2>Add a remote server</h2>
      <p class="quiet">
        A server that speaks MCP by streamable HTTP. Headers that it needs are set in its configuration afterwards.
      </p>
      <Form label="Add a remote server" onSubmit={send}>
        <div class="field-columns">
          <Field label="Name" required error={errorAt('/id')}>
            <TextInput value={name} onInput={setName} maxLength={64} placeholder="my-server" />
          </Field>
          <Field label="Address" required error={errorAt('/url')}>
            <TextInput value={url} onInput={setUrl} type="url" placeholder="https://example.com/mcp" />
          </Field>
        </div>
        <Note icon="shield">
          <p>What you send to its tools goes to that machine.</p>
        </Note>
        {general && <ProblemNotice problem={general} />}
        <FormButtons label="Add" busy={busy} onClose={onClose} />
      </Form>
    </>
  );
}
