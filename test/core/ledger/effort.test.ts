import type { OutputConfig } from '@anthropic-ai/sdk/resources/messages';
import type { ReasoningEffort } from 'openai/resources/shared';
import { expect, expectTypeOf, test } from 'vitest';
import type { Effort } from '../../../src/core/ledger/effort.ts';
import { EFFORTS } from '../../../src/core/ledger/effort.ts';

test("the efforts are OpenAI's, lowest first, and Anthropic's are among them", () => {
  expectTypeOf<Effort>().toEqualTypeOf<NonNullable<ReasoningEffort>>();
  expectTypeOf<NonNullable<OutputConfig['effort']>>().toExtend<Effort>();
  expect(EFFORTS.indexOf('none')).toBe(0);
  expect(EFFORTS.indexOf('minimal')).toBeLessThan(EFFORTS.indexOf('low'));
});
