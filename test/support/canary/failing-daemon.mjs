// Loaded into a daemon before it: on a signal it fails with an error that has a secret in its text, as a library's might.
import { readFileSync } from 'node:fs';

let times = 0;
process.on('SIGUSR2', () => {
  const value = readFileSync(process.env.CANARY_FILE, 'utf8');
  const error = Object.assign(new Error(`connect ECONNREFUSED with ${value}`), { config: { headers: { key: value } } });
  times += 1;
  if (times === 1) void Promise.reject(error);
  else setImmediate(() => throwIt(error));
});
const throwIt = error => {
  throw error;
};
