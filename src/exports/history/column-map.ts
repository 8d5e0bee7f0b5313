/** Reads any table of calls through a map of its columns. */
import { RouterError } from '../../errors.ts';
import { outcomeEntries } from './gateway-logs.ts';
import type { LogFormat, LogRow } from './log-entry.ts';
import { amountAt, numberAt, textAt, timeAt, valueAt } from './log-entry.ts';

/** The fields to which a column can be mapped. */
const MAPPED_FIELDS = [
  'id',
  'feature',
  'model',
  'usd',
  'success',
  'at',
  'session',
  'input',
  'output',
  'prompt',
  'context',
] as const;

type MappedField = (typeof MAPPED_FIELDS)[number];

/** Parses `feature=app,model=model,usd=cost,success=resolved`. @throws RouterError `invalid-value` */
export function parseColumnMap(text: string): ReadonlyMap<MappedField, string> {
  const map = new Map<MappedField, string>();
  for (const part of text.split(',')) {
    const [field = '', column = ''] = part.split('=').map(each => each.trim());
    if (!isField(field) || column === '')
      throw new RouterError('invalid-value', `${JSON.stringify(part)} maps no column`, {
        path: '--map',
        accepted: `<what>=<column>, with one of ${MAPPED_FIELDS.join(', ')} before the =`,
      });
    map.set(field, column);
  }
  return map;
}

function isField(text: string): text is MappedField {
  return (MAPPED_FIELDS as readonly string[]).includes(text);
}

/**
 * A column that is not in the map has the field's own name. Each row without an id is an intent of its own, in the order of the
 * file.
 */
export function mappedColumns(
  map: ReadonlyMap<MappedField, string>,
): LogFormat & { readonly unseen: () => readonly string[] } {
  const column = (field: MappedField): string => map.get(field) ?? field;
  let rows = 0;
  const unseen = new Set(map.values());
  return {
    source: 'the columns that --map names',
    repeatsIds: true,
    /** Columns of the map that occurred in no row. */
    unseen: () => [...unseen],
    entries(row) {
      rows++;
      for (const name of unseen) if (hasColumn(row, name)) unseen.delete(name);
      const intent = textAt(row, column('id')) ?? `row-${rows}`;
      const model = textAt(row, column('model'));
      const score = outcomeEntries(intent, row, column('success'));
      if (model === undefined) return score.length > 0 ? score : [{ kind: 'left-out', why: 'without a model' }];
      const atMs = timeAt(row, column('at'));
      if (atMs === undefined && textAt(row, column('at')) !== undefined)
        return [{ kind: 'left-out', why: 'a time that cannot be read: 2026-10-31T14:00:00Z can' }];
      return [
        {
          kind: 'call',
          id: intent,
          intent,
          model,
          // Calls without a time are ten seconds apart, as in a table of outcomes.
          atMs: atMs ?? FIRST_MS + rows * 10_000,
          latencyMs: 0,
          isError: false,
          costUsd: amountAt(row, column('usd')),
          input: numberAt(row, column('input')),
          output: numberAt(row, column('output')),
        },
        {
          kind: 'intent',
          intent,
          feature: textAt(row, column('feature')),
          session: textAt(row, column('session')),
          promptVersion: textAt(row, column('prompt')),
          segment: textAt(row, column('context')),
        },
        ...score,
      ];
    },
  };
}

/** A column with an empty value counts too: in a CSV, or as a key of an object. */
function hasColumn(row: LogRow, name: string): boolean {
  return Object.hasOwn(row, name) || valueAt(row, name) !== undefined;
}

/** Time of the first call in a table without times: 1 January 2026, UTC. */
const FIRST_MS = 1_767_225_600_000;
