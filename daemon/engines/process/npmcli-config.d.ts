// What is used of @npmcli/config, which has no types of its own.
declare module '@npmcli/config' {
  interface NpmConfigOptions {
    npmPath: string;
    definitions: object;
    flatten: object;
    shorthands: object;
    nerfDarts: object;
    argv: string[];
    cwd: string;
    env: Record<string, string | undefined>;
    execPath?: string;
    warn?: boolean;
  }
  class NpmConfig {
    constructor(options: NpmConfigOptions);
    load(): Promise<void>;
    /** All settings under the names that npm's libraries use. */
    readonly flat: Readonly<Record<string, unknown>>;
  }
  export = NpmConfig;
}

declare module '@npmcli/config/lib/definitions/index.js' {
  const npmSettings: { definitions: object; flatten: object; shorthands: object; nerfDarts: object };
  export = npmSettings;
}
