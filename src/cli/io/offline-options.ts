/** Options that `simulate`, `bench` and `replay` share. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { RouterError } from '../../errors.ts';
import type { TokenPrices } from '../../replay/table/parse-row.ts';
import type { ReplayVerdict } from '../../replay/table/table-setting.ts';
import { outputFile } from './files.ts';
import { parseNumber } from './numbers.ts';
import { withJson } from './output.ts';

/** Adds `--policy`, `--seed`, `--html` and `--json` to a command. */
export function withOffline(command: Command): Command {
  return withJson(command)
    .option('--policy <names...>', 'policies: thompson, contextual, epsilon-greedy, always:MODEL …')
    .option('--seed <text>', 'seed of the random draws', '1')
    .option('--html <file>', 'also write the result as one self-contained HTML file', outputFile);
}

/** `mini,premium` */
export function parseNames(text: string): readonly string[] {
  const names = text.split(',').map(name => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('A name is empty.');
  return names;
}

/** USD, or with an x, a multiple of the most expensive model's mean cost per request: `2.5`, `10x`. */
export interface FailureCost {
  readonly kind: 'usd' | 'times';
  readonly amount: number;
}

/** An amount in USD, 0 or more. */
export function parseUsd(text: string): number {
  const usd = parseNumber(text);
  if (!(usd >= 0)) throw new InvalidArgumentError(`${text} is not an amount in USD.`);
  return usd;
}

export function parseFailureCost(text: string): FailureCost {
  const kind = text.endsWith('x') || text.endsWith('×') ? 'times' : 'usd';
  const amount = parseNumber(kind === 'times' ? text.slice(0, -1) : text);
  if (!(amount >= 0)) throw new InvalidArgumentError('A failure cannot cost less than 0.');
  return { kind, amount };
}

/** `0.9,0.95` or `0.9,0.95,0.0005`: sensitivity, specificity, USD per judged reply. */
export function parseVerdict(text: string): ReplayVerdict {
  const [sensitivity, specificity, costUsd, ...more] = text.split(',').map(parseNumber);
  if (sensitivity === undefined || specificity === undefined || more.length > 0) {
    throw new InvalidArgumentError('Not SENSITIVITY,SPECIFICITY[,USD].');
  }
  for (const rate of [sensitivity, specificity]) {
    if (!(rate >= 0 && rate <= 1)) throw new InvalidArgumentError(`${rate} is not between 0 and 1.`);
  }
  if (costUsd !== undefined && !(costUsd >= 0)) throw new InvalidArgumentError(`${costUsd} is not an amount in USD.`);
  return { sensitivity, specificity, ...(costUsd === undefined ? {} : { costUsd }) };
}

/**
 * USD per million tokens by model: `{"mini": {"input": 0.15, "output": 0.6}}`.
 *
 * @throws RouterError `invalid-data` naming the model and the field
 */
export function readTokenPrices(file: string): TokenPrices {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new RouterError('invalid-data', `the file is not JSON: ${error.message}`, { path: file });
    throw error;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new RouterError('invalid-data', 'the file is not an object of prices by model', { path: file });
  }
  const prices: Record<string, { input: number; output: number }> = {};
  for (const [model, price] of Object.entries(parsed as Record<string, unknown>)) {
    const { input, output } = (price ?? {}) as Readonly<Record<string, unknown>>;
    for (const [field, value] of Object.entries({ input, output })) {
      if (typeof value === 'number' && value >= 0) continue;
      throw new RouterError('invalid-data', 'not a price in USD per million tokens', {
        path: `${file} ${JSON.stringify(model)}.${field}`,
      });
    }
    prices[model] = { input: input as number, output: output as number };
  }
  return prices;
}
