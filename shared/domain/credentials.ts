// What people prove themselves with.
import * as z from 'zod';

/** NIST SP 800-63B: length counts, composition does not. */
export const Password = z
  .string()
  .min(12, 'A password has at least 12 characters.')
  .max(256, 'A password has at most 256 characters.')
  .refine(value => !/^(.)\1*$/u.test(value), 'A password of one repeated character is too easy to guess.')
  .meta({ id: 'Password' });

/** Of an authenticator (RFC 6238), or one of the codes for when it is lost. */
export const OneTimeCode = z
  .string()
  .regex(/^(?:\d{6}|[a-z0-9]{5}-[a-z0-9]{5})$/, 'A code has six digits; a recovery code looks like ab3de-9xk2m.');
