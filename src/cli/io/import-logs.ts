/** Implements `import --from`: creates a ledger, or an outcome table, from the logs of another product. */
import { existsSync, rmSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { csvLine } from '../../exports/focus/csv.ts';
import { mappedColumns, parseColumnMap } from '../../exports/history/column-map.ts';
import type { HistoryOptions, UsableIntent } from '../../exports/history/import-history.ts';
import { importHistory, TABLE_COLUMNS, tableRows, usableIntents } from '../../exports/history/import-history.ts';
import type { LogFormat } from '../../exports/history/log-entry.ts';
import type { LoggedHistory } from '../../exports/history/read-history.ts';
import { LOG_FORMATS, readHistory } from '../../exports/history/read-history.ts';
import { toUsd } from '../../core/ledger/money.ts';
import { RouterError } from '../../errors.ts';
import { applicationAt } from './application.ts';
import { isAddress, shownLedger } from './address.ts';
import { relocated } from './failure.ts';
import { openStore } from './ledger.ts';
import { ledgerPrices } from './ledger-prices.ts';
import { writeFileWhole } from './output-file.ts';
import { startProgress } from './progress.ts';
import { textFile } from './text-file.ts';

export interface LogFlags {
  readonly json?: boolean;
  readonly config?: string;
  readonly from?: (typeof LOG_SOURCES)[number];
  readonly with?: readonly string[];
  readonly map?: string;
  readonly feature: string;
  readonly model?: readonly string[];
  readonly success?: string;
  readonly successFrom?: number;
  readonly failureCost?: number;
  readonly assigned?: 'randomly';
  readonly table?: string;
}

/** The values of `--from`. */
export const LOG_SOURCES = [...(Object.keys(LOG_FORMATS) as (keyof typeof LOG_FORMATS)[]), 'csv'] as const;

/** The JSON that the command prints. */
export interface ImportedLogs {
  readonly from: string;
  readonly rows: number;
  readonly intents: number;
  readonly labelled: number;
  readonly byFeature: Readonly<Record<string, Readonly<Record<string, { intents: number; labelled: number }>>>>;
  /** The score from which outcomes were read; `null`: none. */
  readonly success: { readonly score: string; readonly from: number } | null;
  readonly scores: Readonly<Record<string, number>>;
  readonly leftOut: Readonly<Record<string, number>>;
  readonly assigned: 'randomly' | 'not known';
  /** Failures in the ledger, by feature, for which no failure cost is known: they count as $0. */
  readonly failuresAtZero: Readonly<Record<string, number>>;
  readonly ledger?: string;
  readonly table?: string;
}

/** Reads the files, and writes the table, or else the ledger. */
export async function importLogs(file: string, ledger: string, flags: LogFlags): Promise<ImportedLogs> {
  const { from = 'csv' } = flags;
  if (flags.map !== undefined && from !== 'csv')
    throw new RouterError('invalid-value', `the columns of ${from} are known`, {
      path: '--map',
      accepted: 'with --from csv, or without --from',
    });
  const columns = from === 'csv' ? mappedColumns(parseColumnMap(flags.map ?? 'id=id')) : undefined;
  const format = columns ?? LOG_FORMATS[from as keyof typeof LOG_FORMATS];
  const progress = startProgress({ label: 'importing: intents', silent: flags.json });
  try {
    const history = await readFiles([file, ...(flags.with ?? [])], format);
    const [unseen] = flags.map === undefined ? [] : (columns?.unseen() ?? []);
    if (unseen !== undefined)
      throw new RouterError('invalid-value', `no row has the column "${unseen}"`, {
        path: '--map',
        accepted: 'a column of the file',
      });
    const options = await optionsOf(history, flags);
    const { usable, leftOut } = forTable(usableIntents(history, options), flags);
    if (usable.length === 0)
      throw new RouterError(
        'invalid-data',
        `none of the ${history.rows} rows can be used${reasons([...history.leftOut, ...leftOut])}`,
        {
          path: file,
          accepted: `what ${format.source} describes`,
        },
      );
    if (flags.table === undefined) await writeLedger(ledger, usable, { ...options, progress: progress.reach });
    else await writeFileWhole(flags.table, tableText(usable, options));
    progress.done();
    return {
      ...summaryOf(from, history, { usable, options }),
      leftOut: Object.fromEntries([...history.leftOut, ...leftOut]),
      // A table has no failure costs: its reader supplies them.
      failuresAtZero: flags.table === undefined ? failuresAtZero(usable, options) : {},
      ...(flags.table === undefined ? { ledger: shownLedger(ledger) } : { table: flags.table }),
    };
  } finally {
    progress.done();
  }
}

async function optionsOf(history: LoggedHistory, flags: LogFlags): Promise<HistoryOptions> {
  const application = await applicationAt(flags.config);
  const names = new Map((flags.model ?? []).map(parseModelName));
  const configured = new Map([...(application?.models.values() ?? [])].map(model => [model.providerModel, model.name]));
  const { priceOf } = ledgerPrices({ application });
  return {
    feature: flags.feature,
    modelName: model => names.get(model) ?? configured.get(model) ?? model,
    success: successOf(history, flags),
    failureCostUsdOf(feature) {
      const { failureCostNanoUsd } = application?.features.get(feature) ?? {};
      return flags.failureCost ?? (failureCostNanoUsd === undefined ? undefined : toUsd(failureCostNanoUsd));
    },
    assigned: flags.assigned,
    priceUsd(attempt) {
      const price = priceOf(attempt.model, attempt.startedAtMs, attempt);
      const lines = price?.lines(attempt.usage, attempt.startedAtMs) ?? [];
      // Without tokens there is nothing to price.
      return lines.length === 0 ? undefined : toUsd(lines.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0));
    },
  };
}

/** For a table, intents without an outcome are left out, because a table contains only outcomes. */
function forTable(read: ReturnType<typeof usableIntents>, { table }: LogFlags): ReturnType<typeof usableIntents> {
  const usable = read.usable.filter(({ success }) => table === undefined || success !== undefined);
  const without = read.usable.length - usable.length;
  return without === 0 ? read : { usable, leftOut: new Map([...read.leftOut, ['no outcome', without]]) };
}

/** An error names the file in which it occurred. */
async function readFiles(paths: readonly string[], format: LogFormat): Promise<LoggedHistory> {
  let [reading = ''] = paths;
  async function* textOf(path: string): AsyncGenerator<string> {
    reading = path;
    yield* textFile(path);
  }
  try {
    return await readHistory(paths.map(textOf), format);
  } catch (error) {
    throw relocated(error, at => (at === undefined || at === reading ? reading : `${reading}, ${at}`));
  }
}

function reasons(leftOut: readonly (readonly [why: string, times: number])[]): string {
  return leftOut.length === 0 ? '' : `: ${leftOut.map(([why, times]) => `${times} × ${why}`).join('; ')}`;
}

/** The named score, or the only one if there is just one. */
function successOf({ scores }: LoggedHistory, { success, successFrom }: LogFlags): HistoryOptions['success'] {
  if (success !== undefined && !scores.has(success))
    throw new RouterError('invalid-value', `no intent has the score "${success}"`, {
      path: '--success',
      accepted: [...scores.keys()],
      given: success,
    });
  const [only] = scores.keys();
  const score = success ?? (scores.size === 1 ? only : undefined);
  if (score === undefined) return undefined;
  const { max = 1 } = scores.get(score) ?? {};
  if (successFrom === undefined && max > 1)
    throw new RouterError(
      'invalid-value',
      `the score "${score}" goes up to ${max}: from which value on is it a success?`,
      {
        path: '--success-from',
        accepted: 'the lowest value that is a success: 4',
      },
    );
  return { score, from: successFrom ?? 0.5 };
}

/** `mini=gpt-5-mini` */
function parseModelName(text: string): readonly [providerModel: string, name: string] {
  const equals = text.indexOf('=');
  if (equals > 0 && equals < text.length - 1) return [text.slice(equals + 1), text.slice(0, equals)];
  throw new RouterError('invalid-value', `${JSON.stringify(text)} names no model`, {
    path: '--model',
    accepted: 'the name in your configuration, and the name in the logs: mini=gpt-5-mini',
  });
}

async function writeLedger(
  ledger: string,
  usable: readonly UsableIntent[],
  options: Parameters<typeof importHistory>[2],
): Promise<void> {
  const isNew = !isAddress(ledger) && !existsSync(ledger);
  const store = await openStore(ledger, { create: true });
  let isWhole = false;
  try {
    await importHistory(store, usable, options);
    isWhole = true;
  } finally {
    await store.close();
    if (isNew && !isWhole) for (const part of ['', '-wal', '-shm']) rmSync(`${ledger}${part}`, { force: true });
  }
}

function* tableText(usable: readonly UsableIntent[], options: HistoryOptions): Generator<string> {
  yield `${csvLine(TABLE_COLUMNS)}\n`;
  for (const row of tableRows(usable, options)) yield `${csvLine(TABLE_COLUMNS.map(column => row[column]))}\n`;
}

function summaryOf(
  from: string,
  history: LoggedHistory,
  { usable, options }: { readonly usable: readonly UsableIntent[]; readonly options: HistoryOptions },
): Omit<ImportedLogs, 'leftOut' | 'failuresAtZero'> {
  const byFeature: Record<string, Record<string, { intents: number; labelled: number }>> = {};
  for (const { feature, model, success } of usable) {
    const own = ((byFeature[feature] ??= {})[model] ??= { intents: 0, labelled: 0 });
    own.intents++;
    if (success !== undefined) own.labelled++;
  }
  return {
    from,
    rows: history.rows,
    intents: usable.length,
    labelled: usable.filter(({ success }) => success !== undefined).length,
    byFeature,
    success: options.success ?? null,
    scores: Object.fromEntries([...history.scores].map(([name, { intents }]) => [name, intents])),
    assigned: options.assigned ?? 'not known',
  };
}

function failuresAtZero(usable: readonly UsableIntent[], { success: rule, failureCostUsdOf }: HistoryOptions) {
  const byFeature: Record<string, number> = {};
  for (const { feature, success } of usable) {
    if (rule === undefined || success === undefined || success >= rule.from) continue;
    if (failureCostUsdOf?.(feature) === undefined) byFeature[feature] = (byFeature[feature] ?? 0) + 1;
  }
  return byFeature;
}

export function parseSuccessFrom(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Not a number such as 0.5 or 4.');
}
