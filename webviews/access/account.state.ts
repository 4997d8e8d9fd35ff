// One's own account: password, second factor and sessions. Secrets of a factor and recovery codes are held until they were taken along.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { beginSecondFactor, UserSession } from '../../shared/api/account.ts';
import type { RouteOutput } from '../../shared/api/route.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';

export type NewFactor = RouteOutput<typeof beginSecondFactor>;

export interface AccountState {
  readonly sessions: Load<UserSession[]>;
  /** A factor that is being set up: begun, and not confirmed yet. */
  readonly begun: ReadonlySignal<NewFactor | undefined>;
  /** Shown once, after it was confirmed. */
  readonly recoveryCodes: ReadonlySignal<readonly string[] | undefined>;
  readonly changing: Act;
  readonly factor: Act;
  readonly ending: Act;
  changePassword(current: string, password: string): Promise<boolean>;
  beginFactor(): Promise<void>;
  confirmFactor(code: string): Promise<boolean>;
  removeFactor(code: string): Promise<boolean>;
  cancelFactor(): void;
  forgetCodes(): void;
  end(session: UserSession): Promise<void>;
  close(): void;
}

export function createAccountState({ api, live }: Pick<App, 'api' | 'live'>): AccountState {
  const sessions = createLoad(async abort => (await api.listMySessions({}, { signal: abort })).items);
  const begun = signal<NewFactor | undefined>(undefined);
  const recoveryCodes = signal<readonly string[] | undefined>(undefined);
  const [changing, factor, ending] = [createAct(), createAct(), createAct()];
  void sessions.reload();
  const stopListening = live.onEvent(({ type }) => {
    if (type === 'reset' || type === 'access.changed') void sessions.reload();
  });
  return {
    sessions,
    begun,
    recoveryCodes,
    changing,
    factor,
    ending,
    changePassword: async (current, password) =>
      (await changing.run('password', async () => {
        await api.changeMyPassword({ body: { current, password } });
        announce('The password was changed. Your other sessions have ended.');
        void sessions.reload();
        return true;
      })) ?? false,
    beginFactor: async () => {
      begun.value = await factor.run('begin', () => api.beginSecondFactor());
    },
    confirmFactor: async code =>
      (await factor.run('confirm', async () => {
        const confirmed = await api.confirmSecondFactor({ body: { code } });
        begun.value = undefined;
        recoveryCodes.value = confirmed.recoveryCodes;
        announce('The second factor is set up. Keep the recovery codes.');
        await live.session.reload();
        return true;
      })) ?? false,
    removeFactor: async code =>
      (await factor.run('remove', async () => {
        await api.removeSecondFactor({ body: { code } });
        recoveryCodes.value = undefined;
        announce('The second factor was removed.');
        await live.session.reload();
        return true;
      })) ?? false,
    cancelFactor() {
      begun.value = undefined;
      factor.dismiss();
    },
    forgetCodes() {
      recoveryCodes.value = undefined;
    },
    end: async ({ id }) => {
      await ending.run(id, async () => {
        await api.endMySession({ params: { id } });
        announce('The session has ended.');
        await sessions.reload();
      });
    },
    close() {
      stopListening();
      sessions.close();
      begun.value = undefined;
      recoveryCodes.value = undefined;
    },
  };
}
