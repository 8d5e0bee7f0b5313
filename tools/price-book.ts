/**
 * `npm run price-book`: writes src/prices/book-data.ts from the installed `@pydantic/genai-prices`, with only the data that
 * prices need. Run it when that package has a new version, and write the day of that version into `BOOK_AS_OF` of
 * src/prices/book.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelInfo, Provider } from '@pydantic/genai-prices';
import { waitForUpdate } from '@pydantic/genai-prices';
import { ROOT } from './sources.ts';

const FILE = join(ROOT, 'src', 'prices', 'book-data.ts');
const PACKAGE = join(ROOT, 'node_modules', '@pydantic', 'genai-prices');

/** The text of the file. */
export async function bookData(): Promise<string> {
  const providers = (await waitForUpdate()) ?? [];
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { readonly version: string };
  const licence = readFileSync(join(PACKAGE, 'LICENSE'), 'utf8').trim();
  const record = (of: (provider: Provider) => string): string =>
    providers.map(provider => `  ${propertyName(provider.id)}: ${quoted(of(provider))},\n`).join('');
  return `/*!
 * Written by tools/price-book.ts: the prices of @pydantic/genai-prices ${version}. Providers are JSON, because reading that is the fastest
 * way to get them, and most processes need one.
 *
 * @license
 * ${licence.replaceAll('\n', '\n * ').replaceAll(/ +\n/g, '\n')}
 */
export const BOOK_VERSION = ${quoted(version)};

/** A regular expression for the beginning of each provider's addresses. */
export const ADDRESSES: Readonly<Record<string, string>> = {
${record(({ api_pattern }) => api_pattern)}};

export const PROVIDERS: Readonly<Record<string, string>> = {
${record(({ name, fallback_model_providers, models }) =>
  JSON.stringify({ name, fallback_model_providers, models: models.map(partOfModel) }),
)}};
`;
}

function partOfModel({ id, match, context_window, prices }: ModelInfo): Partial<ModelInfo> {
  return { id, match, ...(context_window === undefined ? {} : { context_window }), prices };
}

function propertyName(name: string): string {
  return /^\w+$/.test(name) ? name : quoted(name);
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}

if (import.meta.main) writeFileSync(FILE, await bookData());
