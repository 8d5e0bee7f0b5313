/** The JSON body of a POST, limited in size and validated, because it is untrusted input. */
import type { IncomingMessage } from 'node:http';
import { MAX_FACT_USD } from '../core/ledger/money.ts';
import { isStorable, MAX_ID_LENGTH } from '../core/ledger/names.ts';
import { RouterError } from '../errors.ts';
import { bodyParts, readAtMost } from '../request-bytes.ts';
import type { ControlRequest, LabelRequest, WhatIfQuestion } from './messages.ts';

/** Largest body accepted, in bytes; a real one has a few hundred. */
const MAX_BODY_BYTES = 10_000;

type Check = (value: unknown) => boolean;

const text: Check = value => typeof value === 'string';
const name: Check = value => isStorable(value, MAX_ID_LENGTH);
const upTo =
  (max: number): Check =>
  value =>
    typeof value === 'number' && value >= 0 && value <= max;

/** Checked by hand: for three shapes, a schema library is not worth its loading time. */
const WHAT_IF: Readonly<Record<keyof WhatIfQuestion, Check>> = {
  feature: name,
  segment: text,
  failureCostUsd: upTo(MAX_FACT_USD),
  minSuccessRate: upTo(1),
  budgetPerIntentUsd: upTo(MAX_FACT_USD),
};

const LABEL: Readonly<Record<keyof LabelRequest, Check>> = {
  intentId: name,
  success: value => value === null || typeof value === 'boolean',
};

const CONTROL: Readonly<Record<keyof ControlRequest, Check>> = {
  feature: name,
  kind: value => value === 'disabled' || value === 'pinned' || value === 'holdout',
  subject: name,
  isSet: value => typeof value === 'boolean',
  plan: name,
  fraction: upTo(1),
  why: text,
};

/**
 * The parsed body. If the application's own body parser has read it already, this is that parser's `request.body`.
 *
 * @throws RouterError `invalid-value` for a body that is too long or not JSON
 */
export async function readBody(request: IncomingMessage & { readonly body?: unknown }): Promise<unknown> {
  if (request.body !== undefined) return request.body;
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readAtMost(bodyParts(request), MAX_BODY_BYTES);
  } catch (error) {
    // A mistake of the client, not an error of this process.
    throw new RouterError('invalid-value', 'the connection ended before the request body', { cause: error });
  }
  if (bytes === undefined) throw new RouterError('invalid-value', 'the request body is too long');
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch (error) {
    throw new RouterError('invalid-value', 'the request body is not JSON', { cause: error });
  }
}

/** @throws RouterError `invalid-value` */
export function parseWhatIf(body: unknown): WhatIfQuestion {
  return parsed(body, { checks: WHAT_IF, required: ['feature', 'segment'] }) as WhatIfQuestion;
}

/** @throws RouterError `invalid-value` */
export function parseLabel(body: unknown): LabelRequest {
  return parsed(body, { checks: LABEL, required: ['intentId', 'success'] }) as LabelRequest;
}

/** @throws RouterError `invalid-value` */
export function parseControl(body: unknown): ControlRequest {
  return parsed(body, { checks: CONTROL, required: ['feature', 'kind', 'subject', 'isSet'] }) as ControlRequest;
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
  return new RouterError('invalid-value', 'the request body has a missing, unknown or invalid field', { path });
}
