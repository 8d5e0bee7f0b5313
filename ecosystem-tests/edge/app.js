/** A bundle for an edge runtime: nothing but the web platform, and no module. */
import { EdgeVM } from '@edge-runtime/vm';
import { build } from 'esbuild';

const [, , baseURL] = process.argv;
const { outputFiles, warnings } = await build({
  entryPoints: [new URL('function.js', import.meta.url).pathname],
  bundle: true,
  write: false,
  format: 'iife',
  globalName: 'edge',
  conditions: ['edge-light', 'browser'],
  platform: 'browser',
});
if (warnings.length > 0) throw new Error(JSON.stringify(warnings));
const vm = new EdgeVM();
vm.evaluate(`${outputFiles[0].text}; globalThis.handle = edge.handle;`);
console.log(await vm.evaluate(`handle(${JSON.stringify(baseURL)})`));
