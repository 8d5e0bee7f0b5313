/**
 * How much would a rule save that plans ahead? It is compared with the router and with other rules: Thompson sampling alone with the same
 * beliefs, sharpened for new features. With all rates known: Thompson sampling, the lowest expected cost, and looking one outcome ahead,
 * with and without knowledge of the traffic.
 *
 *   node benchmarks/routing/planning.ts --data FILE… [--shuffles 16] [--seed 1] [--rows dev]
 *
 * A data file is used for every known pair of models that it holds, at each failure cost. Prints total cost ÷ that of the best model of
 * each feature in hindsight. Rules are compared on the dev rows and on seeds below 1,000,000.
 */
import { parseArgs } from 'node:util';
import { thompson } from '../../src/policies/thompson.ts';
import { keepIntents } from '../../src/replay/table/table-builder.ts';
import { replayTable } from '../../src/replay/table/replay-table.ts';
import { readPart } from '../read-part.ts';
import { table as tableText } from '../report.ts';
import { withKnownRates } from './known-rates.ts';
import { premiumPrice } from './measure.ts';
import { FAILURE_COSTS, PAIRS } from './pairs.ts';
import { splitOf } from './split.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', multiple: true, default: [] },
    shuffles: { type: 'string', default: '16' },
    seed: { type: 'string', default: '1' },
    rows: { type: 'string', default: 'dev' },
  },
});
const [shuffles, seed] = [Number(values.shuffles), Number(values.seed)];
if (!Number.isInteger(shuffles) || shuffles < 2) throw new RangeError(`--shuffles is ${values.shuffles}`);
if (values.rows !== 'dev' && values.rows !== 'all') throw new RangeError(`--rows is ${values.rows}, not dev or all`);

const RULES = ['router', 'Thompson sampling with its beliefs'];

interface Measured {
  readonly ratio: number;
  readonly error: number;
}

/** By rule, one figure per pair and failure cost. */
const found = new Map<string, Measured[]>();
const columns: string[] = [];
function add(rule: string, ratio: number, error = 0): void {
  found.set(rule, [...(found.get(rule) ?? []), { ratio, error }]);
}

for (const file of values.data) {
  for (const pair of PAIRS) {
    const read = await readPart(
      file,
      (feature, model) => feature.startsWith(pair.features) && (model === pair.cheap || model === pair.premium),
    );
    if (read === undefined || read.table.models.length < 2) continue;
    const { table: whole } = read;
    const table = values.rows === 'all' ? whole : keepIntents(whole, i => splitOf(whole.ids[i] as string) === 'dev');
    const candidates = [pair.cheap, pair.premium];
    for (const times of FAILURE_COSTS) {
      const failureCostUsd = times * premiumPrice(whole, pair.premium);
      columns.push(`${pair.name} ${times}×`);
      const options = { candidates, failureCostUsd, shuffles };
      const { policies } = replayTable(table, [thompson(), thompson({ floor: 'none' })], { ...options, seed });
      policies.forEach(({ ratio, ratioError }, i) => add(RULES[i] as string, ratio, ratioError));
      for (const { policy, ratio, error } of withKnownRates(table, options)) add(policy, ratio, error);
    }
  }
}

const mean = (of: readonly number[]): number => of.reduce((sum, x) => sum + x, 0) / of.length;
const text = ({ ratio, error }: Measured): string => `${ratio.toFixed(3)} ± ${error.toFixed(3)}`;
const rows = [...found].map(([rule, cells]): readonly string[] => {
  const error = Math.hypot(...cells.map(each => each.error)) / cells.length;
  return [rule, text({ ratio: mean(cells.map(({ ratio }) => ratio)), error }), ...cells.map(text)];
});
process.stdout.write(`${tableText(['rule', 'mean', ...columns], rows)}\n`);
