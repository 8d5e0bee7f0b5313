/**
 * Public evidence on recorded outcomes: the cost of the default policy with the results of public benchmarks as priors, with the
 * opposite of them, and without. On the held-out intents of an outcome table whose models have public names.
 *
 *   npm run -s bench:priors -- --data FILE [--shuffles 16] [--seed 1000001]
 */
import { parseArgs } from 'node:util';
import type { CandidateEvidence, PriorEvidence } from '../src/contracts/prior.ts';
import { thompson } from '../src/policies/thompson.ts';
import { publicEvidence } from '../src/priors/public-evidence.ts';
import { keepIntents } from '../src/replay/table/table-builder.ts';
import { replayTable } from '../src/replay/table/replay-table.ts';
import { meanCosts } from '../src/replay/table/table-setting.ts';
import { readPart } from './read-part.ts';
import { table as tableText } from './report.ts';
import { splitOf } from './routing/split.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', multiple: true, default: [] },
    shuffles: { type: 'string', default: '16' },
    seed: { type: 'string', default: '1000001' },
  },
});
const shuffles = Number(values.shuffles);

/** Candidates by price, with results in public benchmarks. `-FC`: asked with the provider's own function calls. */
const CANDIDATES: readonly (readonly string[])[] = [
  ['claude-3-haiku-20240307', 'claude-3-5-sonnet-20240620'],
  ['gpt-4o-mini-2024-07-18', 'gpt-4o-2024-08-06'],
  ['gpt-3.5-turbo-0125-FC', 'gpt-4-1106-preview-FC'],
  ['claude-3-haiku-20240307', 'claude-3-sonnet-20240229', 'claude-3-opus-20240229'],
  ['gpt-4o-mini-2024-07-18', 'claude-3-haiku-20240307', 'gpt-4o-2024-08-06', 'claude-3-5-sonnet-20240620'],
];
/** Failure cost, as a multiple of the most expensive candidate's mean price. */
const FAILURE_COSTS = [10, 100];

/** Evidence on the models by their public names, after a change of what it expects. */
function evidence(changed: (success: number) => number = success => success): PriorEvidence {
  return {
    of(candidates): CandidateEvidence {
      const found = publicEvidence().of(
        candidates.map(({ name, model }) => ({ name, model: model.replace(/-FC(?:-\w+)?$/, '') })),
      );
      const expected = [...found.expected].map(
        ([name, { success, outcomes }]) => [name, { success: changed(success), outcomes }] as const,
      );
      return { ...found, expected: new Map(expected) };
    },
  };
}

/** The success rate mirrored at 70 % (in log odds), around which the evidence puts models. */
function reversed(success: number): number {
  const odds = (0.7 / 0.3) ** 2 / (success / (1 - success));
  return odds / (1 + odds);
}

const rows: string[][] = [];
const ratios: number[][] = [[], [], []];
for (const file of values.data)
  for (const candidates of CANDIDATES) {
    const read = await readPart(file, (_, model) => candidates.includes(model));
    if (read === undefined || read.table.models.length < candidates.length) continue;
    const table = keepIntents(read.table, i => splitOf(read.table.ids[i] as string) === 'heldout');
    for (const times of FAILURE_COSTS) {
      const failureCostUsd = times * meanCosts(table)(candidates.at(-1) ?? '');
      const figures = [undefined, evidence(), evidence(reversed)].map((prior, i) => {
        const given = prior === undefined ? {} : { prior };
        const options = { candidates, failureCostUsd, shuffles, seed: values.seed, ...given };
        const { ratio = Number.NaN, ratioError = Number.NaN } =
          replayTable(table, [thompson()], options).policies[0] ?? {};
        ratios[i]?.push(ratio);
        return `${ratio.toFixed(3)} ± ${ratioError.toFixed(3)}`;
      });
      rows.push([`${candidates.join(', ')}, ${times}×`, String(table.ids.length), ...figures]);
    }
  }
rows.push(['mean', '', ...ratios.map(each => (each.reduce((sum, x) => sum + x, 0) / each.length).toFixed(3))]);
process.stdout.write(
  `Cost ÷ that of the best model per feature, held-out intents, ${shuffles} orders\n${tableText(
    ['candidates, failure cost', 'intents', 'no evidence', 'public evidence', 'its opposite'],
    rows,
  )}\n`,
);
