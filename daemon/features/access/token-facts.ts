// What every access token says of itself.

/** How long an access token lives. */
export const tokenMinutes = 15;
export const issuer = 'urn:quayside:daemon';
export const audience = 'urn:quayside:api';
/** What tells an access token from anything else that the same key might ever sign (RFC 9068). */
export const tokenType = 'at+jwt';
/**
 * HS256: this daemon makes the tokens and is the only one that checks them, so there is nobody who needs a public half;
 * and with one symmetric key there is no public key that an attacker could hand in as a secret.
 */
export const algorithm = 'HS256';
