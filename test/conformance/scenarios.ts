// The scenarios of the protocol's own suites for servers, by name, and why some of them cannot apply.
import type { Suite } from '../support/conformance.ts';

const inAll = [
  'completion-complete',
  'tools-list',
  'tools-call-simple-text',
  'tools-call-image',
  'tools-call-audio',
  'tools-call-embedded-resource',
  'tools-call-mixed-content',
  'tools-call-error',
  'tools-call-with-progress',
  'json-schema-2020-12',
  'server-sse-multiple-streams',
  'resources-list',
  'resources-read-text',
  'resources-read-binary',
  'resources-templates-read',
  'prompts-list',
  'prompts-get-simple',
  'prompts-get-with-args',
  'prompts-get-embedded-resource',
  'prompts-get-with-image',
  'dns-rebinding-protection',
];

const withSessions = [
  'server-initialize',
  'logging-set-level',
  'ping',
  'tools-call-with-logging',
  'tools-call-sampling',
  'tools-call-elicitation',
  'elicitation-sep1034-defaults',
  'elicitation-sep1330-enums',
  'server-sse-polling',
  'resources-subscribe',
  'resources-unsubscribe',
];

const withoutSessions = [
  'server-stateless',
  'sep-2164-resource-not-found',
  'caching',
  'http-header-validation',
  'http-custom-header-server-validation',
  ...[
    'basic-elicitation',
    'basic-sampling',
    'basic-list-roots',
    'request-state',
    'multiple-input-requests',
    'multi-round',
    'missing-input-response',
    'non-tool-request',
    'result-type',
    'unsupported-methods',
    'tampered-state',
    'capability-check',
    'ignore-extra-params',
    'validate-input',
  ].map(name => `input-required-result-${name}`),
];

export const scenarios: Record<Suite, readonly string[]> = {
  old: [...inAll, ...withSessions],
  '2025-11-25': [...inAll, ...withSessions, 'server-session-lifecycle'],
  '2026-07-28': [...inAll, ...withoutSessions],
};

/** Scenarios that the suites have and that are not run, by how their names begin. */
export const notApplicable: Record<string, string> = {
  'tasks-':
    'an extension of the protocol. Tasks are kept by the session with a server, and one session serves several clients.',
  'sep-2640-':
    'an extension of the protocol (skills) that says what a server’s own resources are called; a gateway has none.',
};
