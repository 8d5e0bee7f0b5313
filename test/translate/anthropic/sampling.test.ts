import { expect, test } from 'vitest';
import { samplingFindings, sentSampling } from '../../../src/translate/anthropic/sampling.ts';
import type { AskedSettings } from '../../../src/translate/neutral/settings.ts';
import type { TargetModel } from '../../../src/translate/neutral/translator.ts';
import { conversation } from '../support/conversations.ts';

function both(
  settings: AskedSettings,
  model: Partial<TargetModel> = {},
  more = {},
): readonly [object, readonly unknown[]] {
  const asked = conversation({ settings: { maxTokens: 1000, ...settings }, ...more });
  const target = { model: 'm', ...model };
  return [sentSampling(asked, target), samplingFindings(asked, target).map(({ at }) => at)];
}

test('a temperature above 1 is sent as 1, and a finding says so', () => {
  expect(both({ temperature: 1.7 })).toEqual([{ temperature: 1 }, ['temperature']]);
  expect(both({ temperature: 0.7 })).toEqual([{ temperature: 0.7 }, []]);
});

test('top_p is dropped beside a temperature, which newer models refuse', () => {
  expect(both({ temperature: 0, topP: 0.5 })).toEqual([{ temperature: 0 }, ['topP']]);
  expect(both({ topP: 0.5 })).toEqual([{ top_p: 0.5 }, []]);
});

test('no sampling parameter is sent with thinking, or to a model that takes none', () => {
  const thinks = { reasoning: { effort: 'low' } };

  expect(both({ temperature: 0.5 }, {}, thinks)).toEqual([{}, ['temperature']]);
  expect(both({ temperature: 0.5, topP: 0.5 }, { takesSampling: false })).toEqual([{}, ['temperature', 'topP']]);
  expect(both({ temperature: 0.5 }, {}, { reasoning: { effort: 'none' } })).toEqual([{ temperature: 0.5 }, []]);
});

test('a request of this API keeps its own sampling parameters', () => {
  expect(both({ temperature: 1.5, topP: 0.5, topK: 3 }, {}, { api: 'anthropic-messages' })[0]).toEqual({
    temperature: 1.5,
    top_p: 0.5,
    top_k: 3,
  });
});
