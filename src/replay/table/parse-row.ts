/** Parses the fields of a record into a row of the table, or finds the problem with it. */
import type { OutcomeRow, RowProblem } from './outcome-table.ts';

/** USD per million tokens, by model. */
export type TokenPrices = Readonly<Record<string, { readonly input: number; readonly output: number }>>;

export type ParsedRow = { readonly kind: 'row'; readonly row: OutcomeRow } | ({ readonly kind: 'wrong' } & RowProblem);

const REQUIRED = ['id', 'feature', 'model', 'success'] as const;
const TOKENS = ['input_tokens', 'output_tokens'] as const;
const COUNTS = [
  { column: 'prompt_chars', field: 'promptChars', is: 'length' },
  { column: 'prompt_turns', field: 'promptTurns', is: 'number of messages' },
  { column: 'prompt_tools', field: 'promptTools', is: 'number of tools' },
] as const;
const PER_MILLION = 1e-6;

/** The first required column that is missing, and the columns that would be accepted. */
export function missingColumns(
  columns: readonly string[],
): { readonly column: string; readonly accepted: readonly string[] } | undefined {
  const missing = REQUIRED.find(column => !columns.includes(column));
  if (missing !== undefined) return { column: missing, accepted: [...REQUIRED, 'cost_usd'] };
  if (columns.includes('cost_usd') || TOKENS.every(column => columns.includes(column))) return undefined;
  return { column: 'cost_usd', accepted: ['cost_usd', ...TOKENS] };
}

/** @param get a column's text; '' where it is blank or missing */
export function parseRow(get: (column: string) => string, prices: TokenPrices): ParsedRow {
  const [id, feature, model, succeeded] = REQUIRED.map(get) as [string, string, string, string];
  if (id === '') return wrong('id', 'blank');
  if (feature === '') return wrong('feature', 'blank');
  if (model === '') return wrong('model', 'blank');
  if (succeeded === '') return wrong('success', 'blank');
  const success = numberOf(succeeded);
  if (Number.isNaN(success)) return wrong('success', `"${succeeded}" is not a number`);
  const cost = costOf(get, prices);
  if (typeof cost !== 'number') return cost;
  const row: { -readonly [Key in keyof OutcomeRow]: OutcomeRow[Key] } = { id, feature, model, success, costUsd: cost };
  const trial = get('trial');
  if (trial !== '') row.trial = trial;
  const context = get('context');
  if (context !== '') row.context = context;
  const at = get('at');
  if (at !== '') {
    row.atMs = /^\d+(\.\d+)?$/.test(at) ? Number(at) : Date.parse(at);
    if (Number.isNaN(row.atMs)) return wrong('at', `"${at}" is neither an ISO date nor milliseconds since 1970`);
  }
  for (const { column, field, is } of COUNTS) {
    const text = get(column);
    if (text === '') continue;
    const count = numberOf(text);
    if (!(count >= 0)) return wrong(column, `"${text}" is not a ${is}`);
    row[field] = count;
  }
  const difficulty = get('difficulty');
  if (difficulty !== '') {
    row.difficulty = numberOf(difficulty);
    if (!(row.difficulty >= 0 && row.difficulty <= 1)) {
      return wrong('difficulty', `"${difficulty}" is not between 0 and 1`);
    }
  }
  return { kind: 'row', row };
}

function costOf(get: (column: string) => string, prices: TokenPrices): number | ParsedRow {
  const text = get('cost_usd');
  if (text !== '') {
    const cost = numberOf(text);
    return cost >= 0 ? cost : wrong('cost_usd', `"${text}" is not an amount in USD`);
  }
  const model = get('model');
  if (!Object.hasOwn(prices, model)) return wrong('cost_usd', `blank, and no price of "${model}" is given`);
  const price = prices[model];
  let cost = 0;
  for (const column of TOKENS) {
    const tokens = numberOf(get(column));
    if (!(tokens >= 0)) return wrong(column, `"${get(column)}" is not a number of tokens, and cost_usd is blank`);
    cost += tokens * PER_MILLION * ((column === 'input_tokens' ? price?.input : price?.output) ?? Number.NaN);
  }
  return cost;
}

/** NaN for what is not a number, blank included. */
function numberOf(text: string): number {
  return text === '' ? Number.NaN : Number(text);
}

function wrong(column: string, problem: string): ParsedRow {
  return { kind: 'wrong', column, problem };
}
