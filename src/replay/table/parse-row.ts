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

const COUNT = 'a number from 0';
const TEXT = 'text that is not blank';

/** The values that a column may have. */
export const ACCEPTED = {
  id: TEXT,
  feature: TEXT,
  model: TEXT,
  success: 'a number from 0 to 1',
  cost_usd: 'USD from 0',
  input_tokens: COUNT,
  output_tokens: COUNT,
  prompt_chars: COUNT,
  prompt_turns: COUNT,
  prompt_tools: COUNT,
  difficulty: 'a number from 0 to 1',
  at: 'an ISO date and time, or milliseconds since 1970',
} as const;

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
    row.atMs = /^\d+(\.\d+)?$/.test(at) ? Number(at) : timeOf(at);
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

/** `Number` also reads `0x1` and `Infinity`. */
const NO_DECIMAL = /[^\d.e+-]/i;

/** NaN for a text that is not a decimal number, including an empty one. */
function numberOf(text: string): number {
  return text === '' || NO_DECIMAL.test(text) ? Number.NaN : Number(text);
}

/** NaN for an invalid time. `Date.parse` reads 30 February as 2 March. */
function timeOf(text: string): number {
  const [day] = /^\d{4}-\d\d-\d\d/.exec(text) ?? [];
  if (day === undefined) return Date.parse(text);
  const dayMs = Date.parse(day);
  const isDay = !Number.isNaN(dayMs) && new Date(dayMs).toISOString().startsWith(day);
  return isDay ? Date.parse(text) : Number.NaN;
}

function wrong(column: keyof typeof ACCEPTED, problem: string): ParsedRow {
  return { kind: 'wrong', column, problem, accepted: ACCEPTED[column] };
}
