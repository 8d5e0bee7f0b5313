/** The dashboard's page, built from the sources into a temporary folder, as the package builds it. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export async function buildSite(): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'outcome-router-site-'));
  const configFile = fileURLToPath(new URL('../../vite.config.ts', import.meta.url));
  await build({ configFile, build: { outDir } });
  return outDir;
}
