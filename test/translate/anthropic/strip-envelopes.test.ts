import { expect, test } from 'vitest';
import { withoutEnvelopes } from '../../../src/translate/anthropic/strip-envelopes.ts';
import { envelopeOf } from '../../../src/translate/neutral/envelope.ts';

const SIGNATURE = envelopeOf({ kind: 'reasoning', text: '', owner: { api: 'openai-responses' }, sealed: [{}] });
const FOREIGN = `{"type":"thinking","thinking":"hm","signature":"${SIGNATURE}"}`;
const CALL = '{"type":"tool_use","id":"c","name":"f","input":{"b":1e400,"a":[12345678901234567890],"b":2}}';

test('reasoning of another vendor is taken out, and everything else stays', () => {
  const own = '{"type":"thinking","thinking":"hm","signature":"EqQB"}';
  const body = (content: string): string =>
    `{"model":"m","n":12345678901234567890,"messages":[{"role":"assistant","content":[${content}]},{"role":"user","content":"or1."}]}`;

  expect(withoutEnvelopes(body(`${own},${FOREIGN},${CALL}`))).toBe(body(`${own},${CALL}`));
});

test('a message that has nothing else is taken out too, because the vendor refuses an empty one', () => {
  const kept = '{"role":"user","content":[]},{"role":"user","content":"x"}';

  expect(withoutEnvelopes(`{"messages":[{"role":"assistant","content":[${FOREIGN}]},${kept}]}`)).toBe(
    `{"messages":[${kept}]}`,
  );
});

test('a body without an envelope is returned as it is, spaces included', () => {
  const text = ` { "messages" : [ { "content" : [ ${CALL} ] } ] } `;

  expect(withoutEnvelopes(text)).toBe(text);
});
