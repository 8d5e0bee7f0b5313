/**
 * An outcome table in memory: what several models did with the same requests, as columns. A million rows take some
 * tens of megabytes. The open format it is read from is described in docs/outcome-table.md.
 */
import { MAX_FACT_USD, toNanoUsd } from '../../core/ledger/money.ts';
import { RouterError } from '../../errors.ts';

/** One model's answer to one request, once. */
export interface OutcomeRow {
  /** The request; rows with the same id (and trial) are alternatives to each other. */
  readonly id: string;
  readonly feature: string;
  readonly model: string;
  /** Repetitions of a request, each an intent of its own; default `0`. */
  readonly trial?: string;
  /** 0 to 1. A fraction (a judge's score) counts as the probability of success. */
  readonly success: number;
  /** USD spent on this answer. */
  readonly costUsd: number;
  /** When the request came, milliseconds since the epoch. */
  readonly atMs?: number;
  /**
   * What was known of the request before it was sent: its length, the user's messages and the tools in it, a declared
   * context, a difficulty from 0 to 1.
   */
  readonly promptChars?: number;
  readonly promptTurns?: number;
  readonly promptTools?: number;
  readonly context?: string;
  readonly difficulty?: number;
}

/** Columns per intent, and per answer; the answers of intent i are those from `first[i]` up to `first[i + 1]`. */
export interface OutcomeTable {
  readonly features: readonly string[];
  readonly models: readonly string[];
  readonly contexts: readonly string[];
  readonly ids: readonly string[];
  /** Index into `features`, and into `contexts`. */
  readonly feature: Uint32Array;
  readonly context: Uint32Array;
  /** NaN where unknown. */
  readonly atMs: Float64Array;
  readonly promptChars: Float64Array;
  readonly promptTurns: Float64Array;
  readonly promptTools: Float64Array;
  readonly difficulty: Float64Array;
  readonly first: Uint32Array;
  /** Per answer: index into `models`, 0 to 1, nano-dollars. */
  readonly model: Uint32Array;
  readonly success: Float64Array;
  readonly costNanoUsd: Float64Array;
}

/** What is wrong with a row, and in which column. */
export interface RowProblem {
  readonly column: string;
  readonly problem: string;
}

/** Collects rows in any order. */
export interface TableBuilder {
  /** Takes the row, or says why it cannot be taken. */
  add(row: OutcomeRow): RowProblem | undefined;
  build(): OutcomeTable;
}

/**
 * @throws RouterError `invalid-data` for a second answer of a model to the same request and trial, for a request in two
 * features, and for a success or cost out of range
 * @example
 * ```ts
 * const table = outcomeTable([
 *   { id: '1', feature: 'support', model: 'mini', success: 0, costUsd: 0.0004 },
 *   { id: '1', feature: 'support', model: 'premium', success: 1, costUsd: 0.014 },
 * ]);
 * ```
 */
export function outcomeTable(rows: Iterable<OutcomeRow>): OutcomeTable {
  const builder = tableBuilder();
  let index = 0;
  for (const row of rows) {
    const wrong = builder.add(row);
    if (wrong !== undefined)
      throw new RouterError('invalid-data', wrong.problem, { path: `rows[${index}].${wrong.column}` });
    index++;
  }
  return builder.build();
}

const NONE = 0xffffffff;

export function tableBuilder(): TableBuilder {
  const features = names();
  const models = names();
  const contexts = names();
  const ids: string[] = [];
  const byId = new Map<string, number>();
  const intents = {
    feature: uints(),
    context: uints(),
    atMs: floats(),
    promptChars: floats(),
    promptTurns: floats(),
    promptTools: floats(),
    difficulty: floats(),
  };
  const latest = uints();
  const answers = { model: uints(), success: floats(), costNanoUsd: floats(), before: uints() };

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
      const wrong = outOfRange(row);
      if (wrong !== undefined) return wrong;
      const intent = intentOf(row);
      if (features.list[intents.feature.at(intent)] !== row.feature) {
        return { column: 'feature', problem: `request "${row.id}" is in two features` };
      }
      const model = models.index(row.model);
      for (let answer = latest.at(intent); answer !== NONE; answer = answers.before.at(answer)) {
        if (answers.model.at(answer) === model) {
          return { column: 'id', problem: `a second answer of "${row.model}" to request "${row.id}"` };
        }
      }
      answers.before.push(latest.at(intent));
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
      let at = 0;
      for (let intent = 0; intent < count; intent++) {
        first[intent] = at;
        for (let answer = latest.at(intent); answer !== NONE; answer = answers.before.at(answer), at++) {
          model[at] = answers.model.at(answer);
          success[at] = answers.success.at(answer);
          costNanoUsd[at] = answers.costNanoUsd.at(answer);
        }
      }
      first[count] = at;
      return {
        features: features.list,
        models: models.list,
        contexts: contexts.list,
        ids,
        feature: intents.feature.done(),
        context: intents.context.done(),
        atMs: intents.atMs.done(),
        promptChars: intents.promptChars.done(),
        promptTurns: intents.promptTurns.done(),
        promptTools: intents.promptTools.done(),
        difficulty: intents.difficulty.done(),
        first,
        model,
        success,
        costNanoUsd,
      };
    },
  };
}

function outOfRange({ success, costUsd }: OutcomeRow): RowProblem | undefined {
  if (!(success >= 0 && success <= 1)) return { column: 'success', problem: `${success} is not between 0 and 1` };
  if (costUsd >= 0 && costUsd <= MAX_FACT_USD) return undefined;
  return { column: 'cost_usd', problem: `${costUsd} is not an amount in USD` };
}

/** The answer of a model to an intent, or −1. */
export function answerOf(table: OutcomeTable, intent: number, model: number): number {
  const end = table.first[intent + 1] as number;
  for (let answer = table.first[intent] as number; answer < end; answer++) {
    if (table.model[answer] === model) return answer;
  }
  return -1;
}

/** The intents that `keep` says, by index, with all their answers. */
export function keepIntents(table: OutcomeTable, keep: (intent: number) => boolean): OutcomeTable {
  const builder = tableBuilder();
  for (let intent = 0; intent < table.ids.length; intent++) {
    if (!keep(intent)) continue;
    // Counted up, so that trials of one request stay intents of their own.
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

/** A typed array that grows: a million numbers without a million objects. */
interface Growing<Values> {
  readonly length: number;
  push(value: number): void;
  at(index: number): number;
  set(index: number, value: number): void;
  done(): Values;
}

function uints(): Growing<Uint32Array> {
  return growing(size => new Uint32Array(size));
}

function floats(): Growing<Float64Array> {
  return growing(size => new Float64Array(size));
}

function growing<Values extends Uint32Array | Float64Array>(make: (size: number) => Values): Growing<Values> {
  let values = make(1024);
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(value) {
      if (length === values.length) {
        const wider = make(2 * length);
        wider.set(values);
        values = wider;
      }
      values[length++] = value;
    },
    at: index => values[index] as number,
    set(index, value) {
      values[index] = value;
    },
    done: () => values.slice(0, length) as Values,
  };
}
