/** Builds outcome tables: from rows, and from the intents of another table. */
import { anyNumber, anyText, finite, iterable, objectWith, optional, text } from '../../argument-checks.ts';
import { MAX_FACT_USD, toNanoUsd } from '../../core/ledger/money.ts';
import { RouterError } from '../../errors.ts';
import { growingFloats, growingUints } from '../common/growing-array.ts';
import type { OutcomeRow, OutcomeTable, RowProblem } from './outcome-table.ts';
import { ACCEPTED } from './parse-row.ts';

/** Collects rows in any order. */
export interface TableBuilder {
  /** Adds a row, or returns the problem with it and adds nothing. */
  add(row: OutcomeRow): RowProblem | undefined;
  build(): OutcomeTable;
}

const checkRows = iterable('a list of rows: [{ id, feature, model, success, costUsd }]');
const checkRow = objectWith<OutcomeRow>({
  id: text,
  feature: text,
  model: text,
  trial: optional(anyText),
  success: anyNumber,
  costUsd: anyNumber,
  atMs: optional(finite),
  promptChars: optional(finite),
  promptTurns: optional(finite),
  promptTools: optional(finite),
  context: optional(anyText),
  difficulty: optional(finite),
});

/**
 * Builds a table from rows in any order.
 *
 * @throws RouterError `invalid-data` for a second answer of a model to the same request and trial, for a request in two
 * features, and for a success or cost out of range; `invalid-value` for a row without its columns
 * @example
 * ```ts
 * const table = outcomeTable([
 *   { id: '1', feature: 'support', model: 'mini', success: 0, costUsd: 0.0004 },
 *   { id: '1', feature: 'support', model: 'premium', success: 1, costUsd: 0.014 },
 * ]);
 * ```
 */
export function outcomeTable(rows: Iterable<OutcomeRow>): OutcomeTable {
  checkRows(rows, 'rows');
  const builder = tableBuilder();
  let index = 0;
  for (const row of rows) {
    checkRow(row, `rows[${index}]`);
    const problem = builder.add(row);
    if (problem !== undefined)
      throw new RouterError('invalid-data', problem.problem, { path: `rows[${index}].${problem.column}` });
    index++;
  }
  return builder.build();
}

/** Ends the list of an intent's answers. */
const NONE = 0xffffffff;

export function tableBuilder(): TableBuilder {
  const features = names();
  const models = names();
  const contexts = names();
  const ids: string[] = [];
  const byId = new Map<string, number>();
  const intents = {
    feature: growingUints(),
    context: growingUints(),
    atMs: growingFloats(),
    promptChars: growingFloats(),
    promptTurns: growingFloats(),
    promptTools: growingFloats(),
    difficulty: growingFloats(),
  };
  const latest = growingUints();
  const answers = {
    model: growingUints(),
    success: growingFloats(),
    costNanoUsd: growingFloats(),
    before: growingUints(),
  };

  function intentOf(row: OutcomeRow): number {
    const key = row.trial === undefined || row.trial === '0' ? row.id : `${row.id}\t${row.trial}`;
    const known = byId.get(key);
    if (known !== undefined) return known;
    const made = ids.length;
    byId.set(key, made);
    ids.push(row.id);
    intents.feature.push(features.index(row.feature));
    intents.context.push(contexts.index(row.context ?? ''));
    intents.atMs.push(row.atMs ?? Number.NaN);
    intents.promptChars.push(row.promptChars ?? Number.NaN);
    intents.promptTurns.push(row.promptTurns ?? Number.NaN);
    intents.promptTools.push(row.promptTools ?? Number.NaN);
    intents.difficulty.push(row.difficulty ?? Number.NaN);
    latest.push(NONE);
    return made;
  }

  return {
    add(row) {
      const problem = outOfRange(row);
      if (problem !== undefined) return problem;
      const intent = intentOf(row);
      if (features.list[intents.feature.get(intent)] !== row.feature) {
        return { column: 'feature', problem: `request "${row.id}" is in two features` };
      }
      const model = models.index(row.model);
      for (let answer = latest.get(intent); answer !== NONE; answer = answers.before.get(answer)) {
        if (answers.model.get(answer) === model) {
          return { column: 'id', problem: `a second answer of "${row.model}" to request "${row.id}"` };
        }
      }
      answers.before.push(latest.get(intent));
      latest.set(intent, answers.model.length);
      answers.model.push(model);
      answers.success.push(row.success);
      answers.costNanoUsd.push(toNanoUsd(row.costUsd));
      return undefined;
    },
    build() {
      const count = ids.length;
      const first = new Uint32Array(count + 1);
      const model = new Uint32Array(answers.model.length);
      const success = new Float64Array(answers.model.length);
      const costNanoUsd = new Float64Array(answers.model.length);
      let index = 0;
      for (let intent = 0; intent < count; intent++) {
        first[intent] = index;
        for (let answer = latest.get(intent); answer !== NONE; answer = answers.before.get(answer), index++) {
          model[index] = answers.model.get(answer);
          success[index] = answers.success.get(answer);
          costNanoUsd[index] = answers.costNanoUsd.get(answer);
        }
      }
      first[count] = index;
      return {
        features: features.list,
        models: models.list,
        contexts: contexts.list,
        ids,
        feature: intents.feature.toArray(),
        context: intents.context.toArray(),
        atMs: intents.atMs.toArray(),
        promptChars: intents.promptChars.toArray(),
        promptTurns: intents.promptTurns.toArray(),
        promptTools: intents.promptTools.toArray(),
        difficulty: intents.difficulty.toArray(),
        first,
        model,
        success,
        costNanoUsd,
      };
    },
  };
}

function outOfRange({ success, costUsd }: OutcomeRow): RowProblem | undefined {
  if (!(success >= 0 && success <= 1))
    return { column: 'success', problem: `${success} is not between 0 and 1`, accepted: ACCEPTED.success };
  if (costUsd >= 0 && costUsd <= MAX_FACT_USD) return undefined;
  return { column: 'cost_usd', problem: `${costUsd} is not an amount in USD`, accepted: ACCEPTED.cost_usd };
}

/** The table of those intents, by index, that pass a test, with all their answers. */
export function keepIntents(table: OutcomeTable, keep: (intent: number) => boolean): OutcomeTable {
  const builder = tableBuilder();
  for (let intent = 0; intent < table.ids.length; intent++) {
    if (!keep(intent)) continue;
    const row = rowOf(table, intent);
    for (let answer = table.first[intent] as number; answer < (table.first[intent + 1] as number); answer++) {
      builder.add({
        ...row,
        model: table.models[table.model[answer] as number] as string,
        success: table.success[answer] as number,
        costUsd: (table.costNanoUsd[answer] as number) / 1e9,
      });
    }
  }
  return builder.build();
}

function rowOf(table: OutcomeTable, intent: number): Omit<OutcomeRow, 'model' | 'success' | 'costUsd'> {
  const known = {
    atMs: table.atMs[intent],
    promptChars: table.promptChars[intent],
    promptTurns: table.promptTurns[intent],
    promptTools: table.promptTools[intent],
    difficulty: table.difficulty[intent],
  };
  const context = table.contexts[table.context[intent] as number] as string;
  return {
    id: table.ids[intent] as string,
    // A unique number, so that trials of one request stay different intents.
    trial: String(intent),
    feature: table.features[table.feature[intent] as number] as string,
    ...(context === '' ? {} : { context }),
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => !Number.isNaN(value))),
  };
}

interface NameIndex {
  readonly list: string[];
  index(name: string): number;
}

function names(): NameIndex {
  const list: string[] = [];
  const byName = new Map<string, number>();
  return {
    list,
    index(name) {
      let index = byName.get(name);
      if (index === undefined) {
        index = list.push(name) - 1;
        byName.set(name, index);
      }
      return index;
    },
  };
}
