import { expect, test } from 'vitest';
import { withoutEnvelopes } from '../../../src/translate/anthropic/strip-envelopes.ts';
import { envelopeOf } from '../../../src/translate/neutral/envelope.ts';

const SIGNATURE = envelopeOf({ kind: 'reasoning', text: '', owner: { api: 'openai-responses' }, sealed: [{}] });
const FOREIGN = `{"type":"thinking","thinking":"hm","signature":"${SIGNATURE}"}`;
const CALL = '{"type":"tool_use","id":"c","name":"f","input":{"b":1e400,"a":[12345678901234567890],"b":2}}';

test('reasoning of another vendor is taken out, with the place where it was, and everything else stays', () => {
  const own = '{"type":"thinking","thinking":"hm","signature":"EqQB"}';
  const body = (content: string): string =>
    `{"model":"m","n":12345678901234567890,"messages":[{"role":"assistant","content":[${content}]},{"role":"user","content":"or1."}]}`;

  expect(withoutEnvelopes(body(`${own},${FOREIGN},${CALL}`))).toEqual({
    text: body(`${own},${CALL}`),
    taken: ['messages[0]'],
  });
});

test('a message that has nothing else is taken out too, because the vendor refuses an empty one', () => {
  const kept = '{"role":"user","content":[]},{"role":"user","content":"x"}';

  expect(withoutEnvelopes(`{"messages":[{"role":"assistant","content":[${FOREIGN}]},${kept}]}`)).toEqual({
    text: `{"messages":[${kept}]}`,
    taken: ['messages[0]'],
  });
});

test('a body without an envelope is returned as it is, spaces included', () => {
  for (const block of [CALL, '"or1."']) {
    const text = ` { "messages" : [ { "content" : [ ${block} ] } ] } `;
    expect(withoutEnvelopes(text)).toEqual({ text, taken: [] });
  }
});
