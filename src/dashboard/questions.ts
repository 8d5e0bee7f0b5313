/** What the page asks, checked: a request comes from a browser, and so from anywhere. */
import { MAX_FACT_USD } from '../core/ledger/money.ts';
import { RouterError } from '../errors.ts';
import type { AuditWord, WhatIfQuestion } from './messages.ts';

type Check = (value: unknown) => boolean;

const text: Check = value => typeof value === 'string';
const name: Check = value => typeof value === 'string' && value !== '';
const upTo =
  (most: number): Check =>
  value =>
    typeof value === 'number' && value >= 0 && value <= most;

/** By hand: two small shapes are not worth what a schema library takes to start. */
const QUESTION: Readonly<Record<keyof WhatIfQuestion, Check>> = {
  feature: name,
  segment: text,
  failureCostUsd: upTo(MAX_FACT_USD),
  minSuccessRate: upTo(1),
  budgetPerIntentUsd: upTo(MAX_FACT_USD),
};

const WORD: Readonly<Record<keyof AuditWord, Check>> = {
  intentId: name,
  success: value => value === null || typeof value === 'boolean',
};

/** @throws RouterError `invalid-value` */
export function parseQuestion(body: unknown): WhatIfQuestion {
  return parsed(body, { checks: QUESTION, required: ['feature', 'segment'] }) as WhatIfQuestion;
}

/** @throws RouterError `invalid-value` */
export function parseAuditWord(body: unknown): AuditWord {
  return parsed(body, { checks: WORD, required: ['intentId', 'success'] }) as AuditWord;
}

function parsed(
  body: unknown,
  { checks, required }: { readonly checks: Readonly<Record<string, Check>>; readonly required: readonly string[] },
): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw invalid('body');
  for (const key of required) if (!Object.hasOwn(body, key)) throw invalid(key);
  for (const [key, value] of Object.entries(body)) {
    if (!Object.hasOwn(checks, key) || checks[key]?.(value) !== true) throw invalid(key);
  }
  return body;
}

function invalid(path: string): RouterError {
  return new RouterError('invalid-value', 'this request is not understood', { path });
}
