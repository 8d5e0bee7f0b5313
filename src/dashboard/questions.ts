/** What the page asks, checked: a request comes from a browser, and so from anywhere. */
// This path is version 4 in zod 3.25 and in zod 4.
import * as z from 'zod/v4';
import { MAX_FACT_USD } from '../core/money.ts';
import { RouterError } from '../errors.ts';
import type { AuditWord, WhatIfQuestion } from './messages.ts';

const amount = z.number().min(0).max(MAX_FACT_USD);

const question = z.strictObject({
  feature: z.string().min(1),
  segment: z.string(),
  failureCostUsd: amount.optional(),
  minSuccessRate: z.number().min(0).max(1).optional(),
  budgetPerIntentUsd: amount.optional(),
});

const word = z.strictObject({ intentId: z.string().min(1), success: z.boolean().nullable() });

/** @throws RouterError `invalid-value` */
export function parseQuestion(body: unknown): WhatIfQuestion {
  return parsed(question, body) as WhatIfQuestion;
}

/** @throws RouterError `invalid-value` */
export function parseAuditWord(body: unknown): AuditWord {
  return parsed(word, body);
}

function parsed<Value>(schema: z.ZodType<Value>, body: unknown): Value {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new RouterError('invalid-value', issue?.message ?? 'this request is not understood', {
    path: issue?.path.join('.') || 'body',
  });
}
