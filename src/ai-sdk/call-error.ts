/**
 * The error that the AI SDK expects for a provider's refusal. Its classes recognize each other by marks, not by `instanceof`, so
 * `APICallError.isInstance` of every version accepts this class, and the SDK's code is not needed here.
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

/** Never to be retried: the router has already tried again, with this model and others. */
export class CallError extends Error {
  readonly [AI_SDK_ERROR] = true;
  readonly [API_CALL_ERROR] = true;
  readonly isRetryable = false;
  readonly url: string;
  readonly requestBodyValues: unknown;
  readonly statusCode: number;
  readonly responseHeaders: Record<string, string>;
  readonly responseBody: string;
  /** The parsed body, if it is JSON. */
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
