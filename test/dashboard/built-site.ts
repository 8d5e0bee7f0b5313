/** The dashboard's page, built from the sources into a temporary folder, as the package builds it. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export async function buildSite(outDir: string): Promise<string> {
  const configFile = fileURLToPath(new URL('../../vite.config.ts', import.meta.url));
  await build({ configFile, build: { outDir } });
  return outDir;
}
