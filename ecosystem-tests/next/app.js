/** Builds the application, starts its server, and calls the route twice. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';

const [, , baseURL, ledger] = process.argv;
const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
const env = { ...process.env, LEDGER: ledger, NEXT_TELEMETRY_DISABLED: '1' };

const build = spawn(process.execPath, [next, 'build'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
let built = '';
build.stdout.on('data', chunk => (built += chunk));
const [code] = await once(build, 'close');
if (code !== 0) throw new Error(`next build: ${built}`);

const server = spawn(process.execPath, [next, 'start', '--port', '0', '--hostname', '127.0.0.1'], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const url = await addressOf(server);
  const post = async count =>
    (await fetch(`${url}/api/reply`, { method: 'POST', body: JSON.stringify({ baseURL, count }) })).text();
  await post(4);
  console.log(await post(6));
} finally {
  server.kill();
}

/** What the server prints once it listens. */
async function addressOf({ stdout }) {
  let text = '';
  return new Promise((resolve, reject) => {
    stdout.on('data', chunk => {
      text += chunk;
      const [found] = /http:\/\/(?:127\.0\.0\.1|localhost):[1-9]\d*/.exec(text) ?? [];
      if (found !== undefined) resolve(found);
    });
    stdout.on('close', () => reject(new Error(`next start: ${text}`)));
  });
}
