import { useEffect, useState } from 'preact/hooks';
import type * as z from 'zod';
import { IdentityProvider } from '../../shared/api/providers.ts';
import { apiPrefix } from '../../shared/api/routes.ts';
import { Name } from '../../shared/domain/names.ts';
import type { Role } from '../../shared/domain/roles.ts';
import { useApp } from '../kit/app.ts';
import { Button } from '../kit/controls.tsx';
import { ProblemNotice } from '../kit/feedback.tsx';
import { Field, Select, TextArea, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { type Provider, type ProvidersState, readClientSecrets, toAllowed } from './providers.state.ts';
import { RoleChoice } from './role-choice.view.tsx';

interface ProviderFormProps {
  state: ProvidersState;
  /** Undefined: a new one. */
  provider: Provider | undefined;
  onDone: () => void;
}

const fields = IdentityProvider.shape;

export function ProviderForm({ state, provider, onDone }: ProviderFormProps) {
  const [id, setId] = useState(provider?.id ?? '');
  const [title, setTitle] = useState(provider?.title ?? '');
  const [issuer, setIssuer] = useState(provider?.issuer ?? '');
  const [clientId, setClientId] = useState(provider?.clientId ?? '');
  const [secretId, setSecretId] = useState(provider?.secretId ?? '');
  const [newcomers, setNewcomers] = useState((provider?.roles.length ?? 0) > 0);
  const [roles, setRoles] = useState<Role[]>(provider && provider.roles.length > 0 ? provider.roles : ['viewer']);
  const [allowed, setAllowed] = useState(provider?.allowed.join('\n') ?? '');
  const [tried, setTried] = useState(false);
  const wrong = (schema: z.ZodType, value: string) =>
    tried ? schema.safeParse(value).error?.issues[0]?.message : undefined;
  const draft = {
    title: title.trim(),
    issuer: issuer.trim(),
    clientId: clientId.trim(),
    secretId: secretId || null,
    roles: newcomers ? roles : [],
    allowed: newcomers ? toAllowed(allowed) : [],
  };
  const send = async () => {
    setTried(true);
    const isGood = IdentityProvider.safeParse({ ...draft, id }).success;
    if (isGood && (!newcomers || roles.length > 0) && (await state.save(id, draft))) onDone();
  };
  const problem = state.saving.problem.value;
  return (
    <section class="section access-form" aria-label={provider ? `Change ${provider.id}` : 'Add a provider'}>
      <h2>{provider ? `Change ${provider.title}` : 'Add a provider'}</h2>
      <Form label="Provider" onSubmit={() => void send()}>
        <div class="field-columns">
          {!provider && (
            <Field label="Id" description="Part of its address here: small letters." error={wrong(Name, id)} required>
              <TextInput value={id} onInput={text => setId(text.trim())} monospace maxLength={64} />
            </Field>
          )}
          <Field
            label="Title"
            description="On the button of the sign-in page."
            error={wrong(fields.title, title)}
            required
          >
            <TextInput value={title} onInput={setTitle} maxLength={120} />
          </Field>
        </div>
        <RedirectUri id={id} />
        <Field
          label="Issuer"
          description="https://…, or http on this machine, as its discovery document names it."
          error={wrong(fields.issuer, issuer.trim())}
          required
        >
          <TextInput type="url" value={issuer} onInput={setIssuer} monospace />
        </Field>
        <div class="field-columns">
          <Field label="Client id" error={wrong(fields.clientId, clientId.trim())} required>
            <TextInput value={clientId} onInput={setClientId} monospace maxLength={256} />
          </Field>
          <ClientSecret value={secretId} onChange={setSecretId} />
        </div>
        <Field label="Who comes in">
          <Select
            value={newcomers ? 'new' : 'known'}
            options={[
              { value: 'known', label: 'only users who have come in by it before' },
              { value: 'new', label: 'also somebody new whose verified address is let in below' },
            ]}
            onChange={value => setNewcomers(value === 'new')}
          />
        </Field>
        {newcomers && (
          <>
            <Field
              label="Addresses that are let in"
              description="E-mail addresses or @domains, one a line. Without any, nobody new comes in."
            >
              <TextArea value={allowed} onInput={setAllowed} placeholder={'@example.com'} monospace />
            </Field>
            <RoleChoice
              chosen={roles}
              onChange={setRoles}
              error={tried && roles.length === 0 ? 'Without a role nobody new comes in.' : undefined}
            />
          </>
        )}
        {problem && <ProblemNotice problem={problem} />}
        <div class="button-row">
          <Button kind="primary" type="submit" busy={state.saving.running.value !== undefined}>
            Save
          </Button>
          <Button onClick={onDone}>Cancel</Button>
        </div>
      </Form>
    </section>
  );
}

/** What has to be entered at the provider, before it is used the first time. */
function RedirectUri({ id }: { id: string }) {
  const { live } = useApp();
  const origin = live.session.value.value?.mcpUrl?.replace(/\/mcp$/, '');
  if (origin === undefined || !Name.safeParse(id).success) return null;
  return (
    <p class="quiet">
      The redirect URI to enter at the provider: <code>{`${origin}${apiPrefix}/oidc/${id}/callback`}</code>
    </p>
  );
}

/** A secret of the vault, by its name; its value is never here. */
function ClientSecret({ value, onChange }: { value: string; onChange: (id: string) => void }) {
  const app = useApp();
  const [secrets, setSecrets] = useState<{ id: string; name: string }[]>([]);
  useEffect(() => {
    let isWanted = true;
    void readClientSecrets(app).then(found => isWanted && setSecrets(found));
    return () => {
      isWanted = false;
    };
  }, [app]);
  const isKnown = value === '' || secrets.some(({ id }) => id === value);
  return (
    <Field label="Client secret" description="A secret of the vault that is no server’s.">
      <Select
        value={value}
        options={[
          { value: '', label: 'none: a public client' },
          ...secrets.map(({ id, name }) => ({ value: id, label: name })),
          ...(isKnown ? [] : [{ value, label: 'the one that is set' }]),
        ]}
        onChange={onChange}
      />
    </Field>
  );
}
