import * as z from 'zod';

/** A profile's id as docker mcp makes it from the name, or as it was given with --id. */
export const ProfileId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/,
    'A profile’s id has letters, digits, dot, underscore and hyphen, and starts with a letter or a digit.',
  )
  .meta({ id: 'ProfileId', examples: ['dev_tools'] });

/** A profile's name, for people. */
export const ProfileName = z
  .string()
  .trim()
  .min(1)
  .max(128)
  .regex(/^[^\p{Cc}\p{Cf}]+$/u, 'A name has no control characters.')
  .refine(value => !value.startsWith('-'), 'A name must not start with a hyphen: it would be read as a flag.')
  .refine(value => /[a-z0-9]/i.test(value), 'A name needs a letter or a digit.')
  .meta({ id: 'ProfileName', examples: ['Dev Tools'] });

/** The id that docker mcp makes from a profile's name (CONTRACT section 4). */
export const profileIdFromName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '_');

/** An image or OCI artifact: [registry[:port]/]path[:tag][@sha256:digest], as the distribution reference grammar has it. */
export const ImageReference = z
  .string()
  .max(512)
  .regex(
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[a-f0-9]{64})?$/,
    'This is not a reference such as registry.example/team/catalog:v1.',
  )
  .meta({ id: 'ImageReference', examples: ['mcp/docker-mcp-catalog:latest'] });

/** A reference as docker mcp keeps it: one without tag and digest gets `:latest` (CONTRACT section 4). */
export function withTag(reference: string): string {
  const last = reference.slice(reference.lastIndexOf('/') + 1);
  return last.includes(':') || last.includes('@') ? reference : `${reference}:latest`;
}

/** A server's name in a catalog or profile: wider than ours, community servers are called io.github.owner/tool. */
export const DockerServerName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/,
    'A server’s name has letters, digits and the characters . _ / - and starts with a letter or a digit.',
  )
  .meta({ id: 'DockerServerName', examples: ['everything', 'io.github.acme/tool'] });
