// What is used of npm's own libraries that have no types.
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

declare module '@npmcli/run-script' {
  interface RunScriptOptions {
    event: string;
    path: string;
    pkg: object;
    stdio: 'pipe';
    env: Record<string, string>;
    /** Folders that come first on PATH. */
    binPaths: string[];
    nodeGyp: string;
    scriptShell: string | undefined;
  }
  function runScript(options: RunScriptOptions): Promise<unknown>;
  export = runScript;
}
