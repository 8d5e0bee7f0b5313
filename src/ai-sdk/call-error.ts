/**
 * The error with which the AI SDK expects a provider's refusal. Its classes know each other by marks, not by `instanceof`, so that
 * `APICallError.isInstance` of every version takes this one for its own, and the SDK's code need not be here.
 */
import { stringField, field, parseJson } from '../wires/json-fields.ts';

const AI_SDK_ERROR: unique symbol = Symbol.for('vercel.ai.error') as never;
const API_CALL_ERROR: unique symbol = Symbol.for('vercel.ai.error.AI_APICallError') as never;

interface CallErrorDetails {
  readonly url: string;
  readonly requestBodyValues: unknown;
  readonly statusCode: number;
  readonly responseHeaders: Record<string, string>;
  readonly responseBody: string;
}

/** Never to be retried: the router has tried again already, at this model and at others. */
export class CallError extends Error {
  readonly [AI_SDK_ERROR] = true;
  readonly [API_CALL_ERROR] = true;
  readonly isRetryable = false;
  readonly url: string;
  readonly requestBodyValues: unknown;
  readonly statusCode: number;
  readonly responseHeaders: Record<string, string>;
  readonly responseBody: string;
  /** The body, where it is JSON. */
  readonly data: unknown;

  constructor(details: CallErrorDetails) {
    const data = parseJson(details.responseBody);
    super(stringField(field(data, 'error'), 'message') ?? `status ${details.statusCode}`);
    this.name = 'AI_APICallError';
    this.url = details.url;
    this.requestBodyValues = details.requestBodyValues;
    this.statusCode = details.statusCode;
    this.responseHeaders = details.responseHeaders;
    this.responseBody = details.responseBody;
    this.data = data;
  }
}
