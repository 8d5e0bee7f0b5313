import { expect, test } from 'vitest';
import { envelopeOf } from '../../../src/translate/neutral/envelope.ts';
import { withoutEnvelopes } from '../../../src/translate/responses/strip-envelopes.ts';

const SEAL = envelopeOf({ kind: 'reasoning', text: '', owner: { api: 'anthropic-messages' }, sealed: [{}] });
const body = (input: string): string => `{"model":"m","seed":12345678901234567890,"input":[${input}]}`;

test('reasoning of another vendor is removed, its position is reported, and everything else stays', () => {
  const own = '{"type":"reasoning","id":"rs_1","encrypted_content":"gAAAA","summary":[]}';
  const foreign = `{"type":"reasoning","id":"rs_2","encrypted_content":"${SEAL}","summary":[]}`;
  const said = '{"role":"user","content":"or1."}';

  expect(withoutEnvelopes(body(`${own},${foreign},${said}`))).toEqual({
    text: body(`${own},${said}`),
    taken: ['input[1]'],
  });
});

test('a body without an envelope is returned as it is, spaces included', () => {
  for (const content of ['x', 'or1.']) {
    const text = body(` {"role": "user", "content": "${content}"} `);
    expect(withoutEnvelopes(text)).toEqual({ text, taken: [] });
  }
});
