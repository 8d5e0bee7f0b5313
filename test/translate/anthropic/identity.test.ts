import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/math/random.ts';
import { readReply } from '../../../src/translate/anthropic/read-reply.ts';
import { readRequest } from '../../../src/translate/anthropic/read-request.ts';
import { parseWithInputs } from '../../../src/translate/anthropic/tool-inputs.ts';
import { writeReply } from '../../../src/translate/anthropic/write-reply.ts';
import { writeRequest } from '../../../src/translate/anthropic/write-request.ts';
import { jsonText } from '../../../src/translate/neutral/json-text.ts';
import { canonicalAnthropic, randomAnthropicReply, randomAnthropicRequest } from '../support/anthropic-samples.ts';

const SAMPLES = 400;

describe('a request or reply that is read and written in the same API', () => {
  test('says the same as before, whatever the types of the SDK allow in a request', () => {
    const random = seededRandom('anthropic requests');
    for (let index = 0; index < SAMPLES; index++) {
      const text = jsonText(randomAnthropicRequest(random));
      const again = writeRequest(readRequest(text), { model: 'claude-x' });
      const [sent, written] = [text, again].map(each =>
        canonicalAnthropic(parseWithInputs(each, ['messages', 'content'])),
      );

      expect(written, text).toStrictEqual(sent);
    }
  });

  test('says the same as before, whatever the types of the SDK allow in a reply', () => {
    const random = seededRandom('anthropic replies');
    for (let index = 0; index < SAMPLES; index++) {
      const body = randomAnthropicReply(random);
      const text = jsonText(body);
      const again = writeReply(readReply(text), { id: body.id as string });
      const [sent, written] = [text, again].map(each => canonicalAnthropic(parseWithInputs(each, ['content'])));

      expect(written, text).toStrictEqual(sent);
    }
  });
});
