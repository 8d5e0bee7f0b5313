import { expect, test } from 'vitest';
import { withoutEnvelopes } from '../../../src/translate/anthropic/strip-envelopes.ts';
import { envelopeOf } from '../../../src/translate/neutral/envelope.ts';

const SIGNATURE = envelopeOf({ kind: 'reasoning', text: '', owner: { api: 'openai-responses' }, sealed: [{}] });
const FOREIGN = `{"type":"thinking","thinking":"hm","signature":"${SIGNATURE}"}`;
const CALL = '{"type":"tool_use","id":"c","name":"f","input":{"b":1e400,"a":[12345678901234567890],"b":2}}';

test('reasoning of another vendor is removed, its position is reported, and everything else stays', () => {
  const own = '{"type":"thinking","thinking":"hm","signature":"EqQB"}';
  const body = (content: string): string =>
    `{"model":"m","n":12345678901234567890,"messages":[{"role":"assistant","content":[${content}]},{"role":"user","content":"or1."}]}`;

  expect(withoutEnvelopes(body(`${own},${FOREIGN},${CALL}`))).toEqual({
    text: body(`${own},${CALL}`),
    taken: ['messages[0]'],
  });
});

test('a message that has no other content is removed too, because the vendor refuses an empty one', () => {
  const kept = '{"role":"user","content":[]},{"role":"user","content":"x"}';

  expect(withoutEnvelopes(`{"messages":[{"role":"assistant","content":[${FOREIGN}]},${kept}]}`)).toEqual({
    text: `{"messages":[${kept}]}`,
    taken: ['messages[0]'],
  });
});

test('a thinking budget is removed too where the thinking before a call is now missing, and stays where the vendor accepts that', () => {
  const result = '{"role":"user","content":[{"type":"tool_result","tool_use_id":"c"}]}';
  const body = (thinking: string, content: string, ...next: readonly string[]): string =>
    `{${thinking}"messages":[${[`{"role":"assistant","content":[${content}]}`, ...next].join(',')}]}`;
  const budget = '"thinking":{"type":"enabled","budget_tokens":2000},';

  expect(withoutEnvelopes(body(budget, `${FOREIGN},${CALL}`, result))).toEqual({
    text: body('', CALL, result),
    taken: ['messages[0]', 'thinking'],
  });
  const question = '{"role":"user","content":"And?"}';
  expect(
    withoutEnvelopes(body(budget, `${FOREIGN},${CALL}`, result, '{"role":"assistant","content":"x"}', question)),
  ).toEqual({
    text: body(budget, CALL, result, '{"role":"assistant","content":"x"}', question),
    taken: ['messages[0]'],
  });
  expect(withoutEnvelopes(body('"thinking":{"type":"adaptive"},', `${FOREIGN},${CALL}`, result)).taken).toEqual([
    'messages[0]',
  ]);
});

test('a body without an envelope is returned as it is, spaces included', () => {
  for (const block of [CALL, '"or1."']) {
    const text = ` { "messages" : [ { "content" : [ ${block} ] } ] } `;
    expect(withoutEnvelopes(text)).toEqual({ text, taken: [] });
  }
});
