/** The worker in workerd, with and without Node's modules. */
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';

const [, , baseURL, flag] = process.argv;
const { outputFiles, warnings } = await build({
  entryPoints: [new URL('worker.js', import.meta.url).pathname],
  bundle: true,
  write: false,
  format: 'esm',
  conditions: ['workerd', 'worker', 'browser'],
  platform: 'browser',
});
if (warnings.length > 0) throw new Error(JSON.stringify(warnings));
const worker = new Miniflare({
  modules: true,
  script: outputFiles[0].text,
  compatibilityDate: '2026-07-01',
  compatibilityFlags: flag === undefined ? [] : [flag],
});
try {
  const url = count => `http://worker/?count=${count}&baseURL=${encodeURIComponent(baseURL)}`;
  await (await worker.dispatchFetch(url(4))).text();
  console.log(await (await worker.dispatchFetch(url(6))).text());
} finally {
  await worker.dispose();
}
