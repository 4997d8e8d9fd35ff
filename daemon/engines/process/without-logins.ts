// Takes logins out of what npm's libraries and install scripts say, before it reaches a log or a person.

/** Names that npm, registries and proxies give to what proves who somebody is, with the value after them. */
const named =
  /((?:_auth(?:token)?|_password|password|passwd|token|secret|api_?key|otp|authorization|sig(?:nature)?|credential)["']{0,2}\s{0,4}[:=]\s{0,4}["']?)(?:(?:bearer|basic)\s{1,4})?[^\s"'&,;]+/gi;

const bearer = /\b(bearer|basic)\s{1,4}[\w.~+/=-]{6,}/gi;

/** Tokens that tell themselves by their start. */
const known = /\b(?:npm_[A-Za-z0-9]{20,}|gh[a-z]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,})/g;

/** Without user names and passwords in addresses, and without values that are named like a login. */
export const withoutLogins = (text: string): string =>
  text
    .replace(/\/\/[^/?#\s"<>]*@/g, '//')
    .replace(named, '$1•••')
    .replace(bearer, '$1 •••')
    .replace(known, '•••');
