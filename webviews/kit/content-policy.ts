// Makes two libraries keep to the host's content security policy. Must be imported before them: both look at import time.
import * as z from 'zod';

// zod probes `new Function`, which the policy refuses and reports though nothing is wrong.
z.config({ jitless: true });

const metaName = 'csp-nonce';
const nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce;
if (nonce) {
  // FAST, below the toolkit, probes the browser with a style element and takes its nonce from here.
  const meta = document.createElement('meta');
  meta.setAttribute('property', metaName);
  meta.content = nonce;
  document.head.append(meta);
}

/** Takes the nonce out of the document again, where a later script could read it. Call when all is imported. */
export const forgetNonce = (): void => document.querySelector(`meta[property="${metaName}"]`)?.remove();
