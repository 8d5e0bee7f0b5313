import { expect, test } from 'vitest';
import { rowsOf } from './read.ts';

test('a generation of OpenRouter has its id, its time in UTC and its whole cost', async () => {
  const text =
    'generation_id,created_at,cost_total,tokens_prompt,model_permaslug\ngen-1,2026-11-20 12:00:00.713,0.0123,10389,openai/gpt-5-mini\n';
  expect(await rowsOf(text)).toMatchObject([
    {
      requestId: 'gen-1',
      model: 'openai/gpt-5-mini',
      meter: '',
      startMs: Date.UTC(2026, 10, 20, 12),
      cost: 123n * 10n ** 14n,
      quantity: undefined,
    },
  ]);
});

test('daily activity covers the whole day, in CSV and in the format of the API', async () => {
  const day = { startMs: Date.UTC(2026, 10, 20), endMs: Date.UTC(2026, 10, 21), requestId: undefined };
  const csv = 'Date,Slug,Usage,BYOK Usage,Requests\n"2026-11-20 00:00:00","openai/gpt-5","430.07","0","4115"\n';
  const json = {
    data: [
      { date: '2026-11-20', model: 'openai/gpt-5', model_permaslug: 'openai/gpt-5', usage: 430.07, requests: 4115 },
    ],
  };
  for (const bill of [csv, json])
    expect(await rowsOf(bill)).toMatchObject([{ ...day, model: 'openai/gpt-5', cost: 43_007n * 10n ** 16n }]);
});

test('a row of LiteLLM’s spend logs is a call with its cost, and a row with cost 0 is skipped, because it did not reach a provider', async () => {
  const log = {
    request_id: 'chatcmpl-1',
    spend: 3.3e-5,
    startTime: '2026-11-20T12:00:00.5Z',
    model: 'gpt-5',
    team_id: 't',
  };
  const rows = await rowsOf([log, { ...log, request_id: 'cached', spend: 0 }], { only: { team_id: 'u' } });
  expect(rows).toMatchObject([{ requestId: 'chatcmpl-1', cost: 33n * 10n ** 12n, kind: 'other-key' }]);
});

test('a call without a time is refused with its line', async () => {
  await expect(rowsOf('request_id,spend,startTime\na,1,soon\n')).rejects.toThrow('line 2: "soon" is not a time');
});
