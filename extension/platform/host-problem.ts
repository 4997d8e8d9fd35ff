// What can go wrong on the editor's side and is no answer of the daemon. The closed list, worded once.

const list = {
  restricted: {
    message: 'This window is in Restricted Mode, so Quayside starts, installs and calls nothing here.',
    next: 'Trust the folder to go on.',
  },
  noFolder: {
    message: 'There is no folder to write the file to.',
    next: 'Open a folder first.',
  },
  remoteFolder: {
    message: 'The file cannot be written, because this folder is not on a disk that Quayside can reach.',
    next: 'Open a folder of this machine.',
  },
  brokenConfiguration: {
    message: 'The file is not valid JSON, so nothing was changed in it.',
    next: 'Mend it and try again.',
  },
  linkedConfiguration: {
    message: 'The file is a link that leads out of this folder, so nothing was written.',
    next: 'Replace the link by a file.',
  },
  linkedSnapshots: {
    message: 'The snapshots of this file would be kept behind a link, so nothing was read or written there.',
    next: 'Replace the link by a folder or a file of this workspace.',
  },
  changedConfiguration: {
    message: 'The file was changed while you looked at the difference, so nothing was written.',
    next: 'Try again.',
  },
  badLink: {
    message: 'The install link is not valid, so nothing was installed.',
    next: 'A link names one catalog entry or one npm package.',
  },
  noAddress: {
    message: 'The daemon listens on its socket only, so there is no address to copy or open.',
    next: 'Set a free port in the settings and restart the daemon.',
  },
  goneServer: {
    message: 'There is no such server any more.',
    next: 'Refresh the list.',
  },
  nothingToChoose: {
    message: 'There is nothing to choose from.',
    next: 'Install a server from the catalog first.',
  },
  nobodyToChoose: {
    message: 'There is no user and no key that this could be about.',
    next: 'Add one first.',
  },
  differentPassphrases: {
    message: 'The two passphrases are not the same, so nothing was changed.',
    next: 'Try again.',
  },
  noProfileFile: {
    message: 'This file is no profile: it is not a JSON object.',
    next: 'Choose a file that was exported from a profile.',
  },
  noGatewayAddress: {
    message: 'The gateway has no address now: it does not run, or it speaks over standard input.',
    next: 'Start it, or use the address of Quayside itself.',
  },
  tooLarge: {
    message: 'The file is too large.',
    next: 'Choose another file.',
  },
  noEnvFile: {
    message: 'This file holds nothing that can be stored, or it is too large for a .env file.',
    next: 'Choose another file.',
  },
} as const satisfies Record<string, { message: string; next: string }>;

export type HostProblemKind = keyof typeof list;

export class HostProblem extends Error {
  override readonly name = 'HostProblem';
  readonly kind: HostProblemKind;
  readonly next: string;

  constructor(kind: HostProblemKind, detail?: string) {
    super(detail ? `${list[kind].message} ${detail}` : list[kind].message);
    this.kind = kind;
    this.next = list[kind].next;
  }
}

/** Somebody chose not to go on: nothing to report. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
  constructor() {
    super('Cancelled.');
  }
}
