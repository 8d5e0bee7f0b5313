/** `prices`: what models cost, which of them have no known price, and when a GPU of one's own pays. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { toDecimalUsd } from '../../core/ledger/money.ts';
import type { ServiceTier, Usage } from '../../core/ledger/usage.ts';
import { METERS } from '../../core/ledger/usage.ts';
import { RouterError } from '../../errors.ts';
import type { PriceLine, RateBracket } from '../../contracts/price.ts';
import { resolvePrice } from '../../prices/price-book.ts';
import { parseCount, parseDate, rateText } from '../io/numbers.ts';
import { printResult, withJson } from '../io/output.ts';
import { registerBreakEven } from './prices-break-even.ts';
import { modelNamed, registerCheck } from './prices-check.ts';
import { renderTable } from '../text/table.ts';

export function register(program: Command): void {
  const prices = program.command('prices').description('What models cost, and which have no known price.');
  registerShow(prices);
  registerCheck(prices);
  registerCost(prices);
  registerBreakEven(prices);
}

interface At {
  readonly at?: number;
  readonly tier: ServiceTier;
  readonly json?: boolean;
}

const TIERS: readonly ServiceTier[] = ['standard', 'batch', 'flex', 'priority'];

/** `--at`, `--tier` and `--json`. */
function withTime(command: Command): Command {
  return withJson(
    command
      .option('--at <date>', 'the day whose prices count (default: now)', parseDate)
      .addOption(new Option('--tier <tier>', 'service tier').choices(TIERS).default('standard')),
  );
}

function registerShow(prices: Command): void {
  const show = prices
    .command('show', { isDefault: true })
    .description('Rates of models, USD per million tokens. `prices openai/gpt-5-mini` does the same.')
    .argument('<models...>', 'provider/model: openai/gpt-5-mini')
    .action((names: readonly string[], { at = Date.now(), tier, ...options }: At) => {
      const shown = names.map(name => {
        const price = resolvePrice({ ...modelNamed(name), path: name });
        const rates = price.ratesAt(at, tier);
        if (rates.length === 0)
          throw new RouterError('unknown-price', `no price of tier "${tier}" is known`, { path: name });
        return { model: name, source: price.source, id: price.idAt(at), rates };
      });
      printResult(shown, options, all => all.map(showText).join('\n\n'));
    });
  withTime(show);
}

function showText({ model, source, rates }: { model: string; source: string; rates: readonly RateBracket[] }): string {
  return `${model} (${source})\n${rateTable(rates)}`;
}

function rateTable(rates: readonly RateBracket[]): string {
  const meters = METERS.filter(meter => rates.some(bracket => bracket.rates[meter] !== undefined));
  return renderTable(
    [
      { title: 'rate' },
      ...rates.map(({ aboveTokens }) => ({
        title: aboveTokens < 0 ? 'USD' : `above ${aboveTokens.toLocaleString('en-US')} tokens`,
        align: 'right' as const,
      })),
    ],
    meters.map(meter => [
      meter === 'webSearch' ? 'web searches, per thousand' : `${meter}, per million`,
      ...rates.map(({ rates }) => rateText(rates[meter], meter === 'webSearch' ? 1_000 : 1_000_000)),
    ]),
  );
}

type CostOptions = At & Readonly<Record<(typeof METERS)[number], number | undefined>>;

function registerCost(prices: Command): void {
  const cost = prices
    .command('cost')
    .description('The bill of one call.')
    .argument('<model>', 'provider/model: openai/gpt-5-mini');
  for (const meter of METERS)
    cost.option(`--${kebab(meter)} <n>`, meter === 'webSearch' ? 'calls' : 'tokens', parseCount);
  cost.action((name: string, { at = Date.now(), tier, json, ...counts }: CostOptions) => {
    const price = resolvePrice({ ...modelNamed(name), path: name });
    const usage = counts as Usage;
    const bill = {
      model: name,
      source: price.source,
      lines: price.lines(usage, at, tier),
      costUsd: toDecimalUsd(price.cost(usage, at, tier)),
      unpriced: price.unpriced(usage, at, tier),
    };
    printResult(bill, { json }, billText);
  });
  withTime(cost);
}

function billText({
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
    [{ title: 'meter' }, { title: 'quantity', align: 'right' }, { title: 'USD', align: 'right' }],
    [
      ...lines.map(line => [line.meter, line.quantity.toLocaleString('en-US'), toDecimalUsd(line.costNanoUsd)]),
      ['in all', '', costUsd],
    ],
  );
  const missing = unpriced.length === 0 ? '' : `\nwithout a price of its own: ${unpriced.join(', ')}`;
  return `${model} (${source})\n${table}${missing}`;
}

function kebab(name: string): string {
  return name.replace(/(\d+\w)$/, '-$1').replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}
