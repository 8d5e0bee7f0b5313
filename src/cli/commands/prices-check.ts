/** `outcome-router prices check`: the age of the prices, and models without a known price or with missing rates. */
import type { Command } from 'commander';
import { RouterError } from '../../errors.ts';
import { nearestName } from '../../nearest-name.ts';
import { lookUp } from '../../prices/book.ts';
import { formatCount, METER_NAMES } from '../../core/report/wording.ts';
import type { CheckedModel, PriceCheck, PriceListAge } from '../../prices/check.ts';
import { checkPrices, priceLists } from '../../prices/check.ts';
import { readConfiguration } from '../io/application.ts';
import { priceListAt, priceListIn, withPriceList } from '../io/price-list.ts';
import { parseDate, rateText } from '../io/numbers.ts';
import { printResult, withJson } from '../io/output.ts';
import { left, renderTable, right } from '../text/table.ts';

interface CheckOptions {
  readonly models?: string;
  readonly config?: string;
  readonly priceList?: string;
  readonly at?: number;
  readonly json?: boolean;
}

/** Adds `check` to the `prices` command. */
export function registerCheck(prices: Command): void {
  const check = prices
    .command('check')
    .description(
      'Say how old the prices are, and list models without a known price or without some of their rates. Exit code 1 if a model has no price.',
    )
    .argument('[models...]', 'provider/model: openai/gpt-5-mini')
    .option('--models <file>', 'JSON of a configuration’s `models` (or of the configuration)')
    .option('--config <file>', 'the configuration given to createRouter: .ts, .js or .json')
    .option('--at <date>', 'prices of this day (default: now)', parseDate)
    .action(async (names: readonly string[], { models, config, at: atMs = Date.now(), ...options }: CheckOptions) => {
      const application = config === undefined ? undefined : await readConfiguration(config);
      const priceList = priceListAt(options.priceList) ?? priceListIn(application);
      const listed = names.map(name => [name, modelNamed(name)] as const);
      const checked = {
        ...Object.fromEntries(listed),
        ...(models === undefined ? {} : modelsIn(await readConfiguration(models), models)),
        ...(config === undefined ? {} : modelsIn(application, config)),
      };
      if (Object.keys(checked).length === 0) {
        throw new RouterError('invalid-value', 'no models to check', {
          path: 'prices check',
          accepted: 'provider/model …, --models FILE or --config FILE',
        });
      }
      const checks = checkPrices(checked, atMs, { priceList });
      const lists = priceLists(priceList).map(({ name, asOf }) => ({ name, asOf, ageDays: daysSince(asOf, atMs) }));
      printResult({ lists, models: checks }, options, checkText);
      if (checks.some(({ status }) => status === 'unknown')) process.exitCode = 1;
    });
  withPriceList(withJson(check));
}

/** Whole days; negative for a time before the list. */
function daysSince(day: string, atMs: number): number {
  return Math.floor((atMs - Date.parse(day)) / 86_400_000);
}

interface CheckResult {
  readonly lists: readonly (PriceListAge & { readonly ageDays: number })[];
  readonly models: readonly PriceCheck[];
}

function checkText({ lists, models: checks }: CheckResult): string {
  const table = renderTable(
    [left('Model'), left('Price'), right('Input'), right('Output'), left('From')],
    checks.map(({ name, status, detail, rates: [bracket] }) => [
      name,
      status,
      rateText(bracket?.rates.input, 1_000_000),
      rateText(bracket?.rates.output, 1_000_000),
      status === 'unknown' ? '' : detail,
    ]),
  );
  const findings = checks.flatMap(({ name, status, detail, differsFromBook, missing }) => [
    ...(status === 'unknown' ? [detail] : []),
    ...(missing.length === 0
      ? []
      : [`${name}: no rate of its own for ${missing.map(meter => METER_NAMES[meter]).join(', ')}`]),
    ...(differsFromBook ? [`${name}: the price book has other rates than the configuration`] : []),
  ]);
  const ages = lists.map(({ name, asOf, ageDays }) => `${name}: as of ${asOf}, ${formatCount(ageDays)} days old`);
  return [table, ...findings, ...ages].join('\n');
}

function modelsIn(content: unknown, file: string): Readonly<Record<string, CheckedModel>> {
  const models = isRecord(content) && isRecord(content['models']) ? content['models'] : content;
  if (!isRecord(models)) throw notModels(file);
  for (const [name, model] of Object.entries(models)) {
    const isModel = isRecord(model) && typeof model['provider'] === 'string' && typeof model['model'] === 'string';
    if (!isModel) throw notModels(`${file}: ${name}`);
  }
  return models as Readonly<Record<string, CheckedModel>>;
}

function notModels(path: string): RouterError {
  return new RouterError('invalid-data', 'this is not an object of models', {
    path,
    accepted: '{ "mini": { "provider": "openai", "model": "gpt-5-mini" }, … }',
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Providers of the price book that are suggested in place of a misspelled name. A name that resembles none of these is accepted, even if
 * the price book does not have it: a price list of the application may.
 */
export const WELL_KNOWN_PROVIDERS: readonly string[] =
  'openai anthropic google azure aws mistral groq deepseek x-ai openrouter together fireworks cohere perplexity cerebras'.split(
    ' ',
  );

/** `openai/gpt-5-mini` → provider and model. @throws RouterError `invalid-value` */
export function modelNamed(name: string): CheckedModel {
  const slash = name.indexOf('/');
  if (slash > 0 && slash < name.length - 1) {
    const [provider, model] = [name.slice(0, slash), name.slice(slash + 1)];
    const meant = nearestName(provider, WELL_KNOWN_PROVIDERS);
    if (meant === undefined || lookUp(provider, model).kind !== 'unknown-provider') return { provider, model };
    throw new RouterError('invalid-value', `no provider is named "${provider}", did you mean "${meant}"?`, {
      path: name,
      accepted: 'provider/model: openai/gpt-5-mini',
    });
  }
  throw new RouterError('invalid-value', `"${name}" does not name a provider and a model`, {
    path: 'model',
    accepted: 'provider/model: openai/gpt-5-mini',
  });
}
