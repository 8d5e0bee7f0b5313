/** `outcome-router prices`: rates of models, models without a known price, and when your own GPU costs less. */
import type { Command } from 'commander';
import { toDecimalUsd } from '../../core/ledger/money.ts';
import type { ServedTerms, Usage } from '../../core/ledger/usage.ts';
import { COUNTED_METERS, METERS } from '../../core/ledger/usage.ts';
import { formatCount, METER_NAMES } from '../../core/report/wording.ts';
import { RouterError } from '../../errors.ts';
import type { Price, PriceLine, RateBracket } from '../../contracts/price.ts';
import { resolvePrice } from '../../prices/price-book.ts';
import { parseCount, parseDate, rateText } from '../io/numbers.ts';
import { printResult, withJson } from '../io/output.ts';
import { priceListAt, withPriceList } from '../io/price-list.ts';
import { registerBreakEven } from './prices-break-even.ts';
import { modelNamed, registerCheck } from './prices-check.ts';
import { left, renderTable, right } from '../text/table.ts';

export function register(program: Command): void {
  const prices = program.command('prices').description('Rates of models, and models without a known price.');
  registerShow(prices);
  registerCheck(prices);
  registerCost(prices);
  registerBreakEven(prices);
}

/** The requested price: the day, the list and the terms. */
interface PriceFlags extends ServedTerms {
  readonly at?: number;
  readonly priceList?: string | undefined;
  readonly json?: boolean;
}

/** `--at`, `--tier`, `--speed`, `--region`, `--price-list` and `--json`. */
function withPriceFlags(command: Command): Command {
  command
    .option('--at <date>', 'prices of this day (default: now)', parseDate)
    .option('--tier <name>', 'service tier: batch, flex, priority', 'standard')
    .option('--speed <name>', 'speed: fast')
    .option('--region <name>', 'where the model runs: us');
  return withPriceList(withJson(command));
}

function priceNamed(name: string, file: string | undefined): Price {
  const priceList = priceListAt(file);
  return resolvePrice({ ...modelNamed(name), path: name, ...(priceList === undefined ? {} : { priceList }) });
}

function registerShow(prices: Command): void {
  const show = prices
    .command('show', { isDefault: true })
    .description('Rates of models, USD per million tokens. `prices openai/gpt-5-mini` does the same.')
    .argument('<models...>', 'provider/model: openai/gpt-5-mini')
    .action((names: readonly string[], { at: atMs = Date.now(), ...options }: PriceFlags) => {
      const shown = names.map(name => {
        const price = priceNamed(name, options.priceList);
        const unknown = price.unpriced({}, atMs, options);
        if (unknown.length > 0)
          throw new RouterError('unknown-price', `${unknown.join(', ')} has no known price`, { path: name });
        const rates = price.ratesAt(atMs, options);
        return { model: name, source: price.source, id: price.idAt(atMs), rates };
      });
      printResult(shown, options, all => all.map(showText).join('\n\n'));
    });
  withPriceFlags(show);
}

function showText({ model, source, rates }: { model: string; source: string; rates: readonly RateBracket[] }): string {
  return `${model} (${source})\n${rateTable(rates)}`;
}

function rateTable(rates: readonly RateBracket[]): string {
  const meters = METERS.filter(meter => rates.some(bracket => bracket.rates[meter] !== undefined));
  return renderTable(
    [
      left('Rate'),
      ...rates.map(({ aboveTokens }) => right(aboveTokens < 0 ? 'USD' : `above ${formatCount(aboveTokens)} tokens`)),
    ],
    meters.map(meter => [
      `${METER_NAMES[meter]}, per ${COUNTED_METERS.has(meter) ? 'thousand' : 'million tokens'}`,
      ...rates.map(({ rates }) => rateText(rates[meter], COUNTED_METERS.has(meter) ? 1_000 : 1_000_000)),
    ]),
  );
}

type CostOptions = PriceFlags & Readonly<Record<(typeof METERS)[number], number | undefined>>;

function registerCost(prices: Command): void {
  const cost = prices
    .command('cost')
    .description('Cost of one call, meter by meter.')
    .argument('<model>', 'provider/model: openai/gpt-5-mini');
  for (const meter of METERS)
    cost.option(`--${kebab(meter)} <n>`, COUNTED_METERS.has(meter) ? 'calls' : 'tokens', parseCount);
  cost.action(
    (name: string, { at: atMs = Date.now(), tier, speed, region, json, priceList, ...counts }: CostOptions) => {
      const price = priceNamed(name, priceList);
      const terms = { tier, speed, region };
      const usage = { ...(price.hasRequestFee === true ? { request: 1 } : {}), ...counts } as Usage;
      if (!METERS.some(meter => counts[meter] !== undefined)) {
        throw new RouterError('invalid-value', 'nothing is counted', {
          path: 'prices cost',
          accepted: METERS.map(meter => `--${kebab(meter)}`).join(', '),
        });
      }
      const cost = {
        model: name,
        source: price.source,
        lines: price.lines(usage, atMs, terms),
        costUsd: toDecimalUsd(price.cost(usage, atMs, terms)),
        unpriced: price.unpriced(usage, atMs, terms),
      };
      printResult(cost, { json }, costText);
    },
  );
  withPriceFlags(cost);
}

function costText({
  model,
  source,
  lines,
  costUsd,
  unpriced,
}: {
  model: string;
  source: string;
  lines: readonly PriceLine[];
  costUsd: string;
  unpriced: readonly string[];
}): string {
  const table = renderTable(
    [left('Meter'), right('Quantity'), right('USD')],
    [
      ...lines.map(line => [METER_NAMES[line.meter], formatCount(line.quantity), toDecimalUsd(line.costNanoUsd)]),
      ['total', '', costUsd],
    ],
  );
  const missing = unpriced.length === 0 ? '' : `\nwithout a rate of their own: ${unpriced.join(', ')}`;
  return `${model} (${source})\n${table}${missing}`;
}

function kebab(name: string): string {
  return name.replace(/(\d+\w)$/, '-$1').replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}
