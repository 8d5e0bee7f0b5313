import { expect, test } from 'vitest';
import { mappedColumns, parseColumnMap } from '../../../src/exports/history/column-map.ts';
import { LOG_FORMATS, readHistory } from '../../../src/exports/history/read-history.ts';

async function* chunksOf(text: string, size = 7): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

const generation = (id: string, trace: string, session: string) => ({
  id,
  trace_id: trace,
  type: 'GENERATION',
  model: 'gpt-5',
  start_time: '2026-10-01 10:00:00',
  total_cost: 0.1,
  session_id: session,
  trace_name: 'f',
});
const score = (of: object, name: string, value: number) => ({ id: 'x', ...of, name, value });

test('scores find their intent by the call, by the trace, or by a session of one intent, in whatever order the files come', async () => {
  const calls = [
    generation('o1', 't1', 's1'),
    generation('o2', 't2', 's2'),
    generation('o3', 't3', 's3'),
    generation('o4', 't4', 's3'),
  ];
  const scores = [
    score({ trace_id: 't1', observation_id: 'o1' }, 'good', 1),
    score({ trace_id: 't2' }, 'good', 0),
    score({ trace_id: 's3' }, 'good', 1),
    score({ trace_id: 'nothing' }, 'good', 1),
  ];
  const files = [scores, calls].map(rows => chunksOf(rows.map(row => JSON.stringify(row)).join('\n')));
  const history = await readHistory(files, LOG_FORMATS.langfuse);
  expect(history.intents.map(({ id, scores: own }) => [id, own.get('good')])).toEqual([
    ['t1', 1],
    ['t2', 0],
    ['t3', undefined],
    ['t4', undefined],
  ]);
  expect(history.rows).toBe(8);
  expect(Object.fromEntries(history.leftOut)).toEqual({
    'a score of a session with several intents': 1,
    'a score whose call is not in these files': 1,
  });
});

test('a CSV, a JSON array and a page of an API give the same rows', async () => {
  const row = {
    request_id: 'r1',
    startTime: '2026-10-01T10:00:00Z',
    model: 'gpt-5',
    spend: '0.1',
    prompt_tokens: '5',
    completion_tokens: '6',
    request_tags: '["f"]',
  };
  const csv = `${Object.keys(row).join(',')}\r\n${Object.values(row)
    .map(value => `"${value.replaceAll('"', '""')}"`)
    .join(',')}\r\n`;
  const texts = [csv, JSON.stringify([row]), JSON.stringify({ data: [row] }), JSON.stringify(row)];
  const read = await Promise.all(
    texts.map(async text => (await readHistory([chunksOf(text)], LOG_FORMATS.litellm)).intents),
  );
  expect(read[0]).toHaveLength(1);
  expect(read[0]?.[0]?.about.feature).toBe('f');
  for (const intents of read) expect(intents).toEqual(read[0]);
});

test('the unreadable outcomes of a separate outcome file are counted by reason', async () => {
  const { intents, leftOut } = await readHistory(
    [chunksOf(JSON.stringify(generation('o1', 't1', 's'))), chunksOf('id,success\nt1,yes\nt1,maybe\n')],
    LOG_FORMATS.langfuse,
  );
  expect([...(intents[0]?.scores ?? [])]).toEqual([['success', 1]]);
  expect([...leftOut]).toEqual([['an outcome that is neither yes, no nor a number', 1]]);
});

test('calls of one trace are sorted by time', async () => {
  const late = { ...generation('o2', 't1', 's'), start_time: '2026-10-01 11:00:00' };
  const history = await readHistory(
    [chunksOf([late, generation('o1', 't1', 's')].map(row => JSON.stringify(row)).join('\n'))],
    LOG_FORMATS.langfuse,
  );
  expect(history.intents[0]?.calls.map(({ id }) => id)).toEqual(['o1', 'o2']);
});

const spend = (id: string, more: object = {}) => ({
  request_id: id,
  startTime: '2026-10-01T10:00:00Z',
  model: 'gpt-5',
  spend: 0.1,
  ...more,
});

test('a call that is in two pages of an export counts once', async () => {
  const pages = [
    [spend('r1'), spend('r2')],
    [spend('r2'), spend('r3')],
  ].map(page => chunksOf(JSON.stringify(page)));
  const { intents, leftOut } = await readHistory(pages, LOG_FORMATS.litellm);
  expect(intents.map(({ id, calls }) => [id, calls.length])).toEqual([
    ['r1', 1],
    ['r2', 1],
    ['r3', 1],
  ]);
  expect([...leftOut]).toEqual([['a call that was read before', 1]]);
});

test('rows with the same id in an application’s own table are turns of one intent', async () => {
  const table = chunksOf('id,model,usd\n7,gpt-5,0.1\n7,gpt-5,0.1\n');
  const { intents } = await readHistory([table], mappedColumns(parseColumnMap('usd=usd')));
  expect(intents[0]?.calls).toHaveLength(2);
});

test('every row that is not used is counted: embeddings, rows without a model, and times that cannot be read', async () => {
  const rows = [
    spend('r1'),
    spend('r2', { call_type: 'aembedding' }),
    spend('r3', { model: '' }),
    spend('r4', { startTime: '1.10.2026' }),
  ];
  const { intents, leftOut } = await readHistory([chunksOf(JSON.stringify(rows))], LOG_FORMATS.litellm);
  expect(intents).toHaveLength(1);
  expect(Object.fromEntries(leftOut)).toEqual({ 'an embedding': 1, 'neither a call of a model nor an outcome': 2 });
});
