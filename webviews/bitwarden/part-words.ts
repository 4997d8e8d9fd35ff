/** The part of an item as a person says it. */
export function describePart(part: string): string {
  if (part.startsWith('field:')) return `field ${part.slice('field:'.length)}`;
  if (part === 'login.password') return 'password';
  if (part === 'login.username') return 'user name';
  return part;
}
