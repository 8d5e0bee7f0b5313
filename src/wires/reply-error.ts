/** Classifies errors: the only place that interprets all forms in which providers and gateways report errors. */
import { isRetryableHttpStatus } from '../core/ledger/attempt-status.ts';
import type { ReplyError } from '../contracts/wire.ts';
import type { ErrorText } from './error-body.ts';
import { readErrorBody } from './error-body.ts';
import { errorMeaning } from './error-meaning.ts';
import { field, fieldsOf, listField } from './json-fields.ts';
import { codedParameters, saidLack, saidParameters, saysUnable } from './refused-parameters.ts';

/** The error that a reply reports; `undefined` for a 2xx whose body does not say that the request failed. */
export function readReplyError(json: unknown, httpStatus: number): ReplyError | undefined {
  // Every API answers in JSON; a proxy's page means that no API is at this address.
  if (json === undefined && NOT_THERE.has(httpStatus)) return { about: 'model' };
  if (httpStatus >= 400) return errorOf(readErrorBody(json), httpStatus);
  return readEventError(json, false);
}

/**
 * The error that an event of a stream reports. @param isError the event is named `error`, so it is an error whatever its data is
 */
export function readEventError(json: unknown, isError: boolean): ReplyError | undefined {
  const failure = failureIn(Array.isArray(json) ? json[0] : json) ?? (isError ? json : undefined);
  if (failure === undefined && !isError) return undefined;
  const body = readErrorBody(failure);
  const error = errorOf(body);
  return body.status === undefined ? error : { ...error, status: body.status };
}

/** The error of a stream with an event that is not JSON, for which the provider's client throws. */
export const UNREADABLE: ReplyError = Object.freeze({ about: 'fault', isUnreadable: true });

/** The part of a 2xx body, or of an event, that reports a failed request. */
function failureIn(json: unknown): unknown {
  const { type, object, error, status } = fieldsOf(json);
  if (type === 'error' || object === 'error' || hasContent(error)) return json;
  // OpenAI's Responses API: the error itself may be missing.
  if (status === 'failed') return json;
  return listField(json, 'choices').find(
    choice => hasContent(field(choice, 'error')) || field(choice, 'finish_reason') === 'error',
  );
}

/** Some gateways send an `error` that is empty with every reply. */
function hasContent(error: unknown): boolean {
  if (error instanceof Object) return Object.values(error).some(value => value !== null && value !== '');
  return typeof error === 'string' && error !== '';
}

function errorOf(body: ErrorText, httpStatus?: number): ReplyError {
  const code = body.codes[0];
  const saysRequest = Boolean(body.param) || body.codes.some(each => REQUEST_CODE.test(each));
  // A failure without an error status that is not about the request is a fault of the provider.
  const status = body.status ?? httpStatus ?? (saysRequest ? 400 : 500);
  const meaning = errorMeaning(body);
  if (meaning !== undefined) return { code, ...meaning };
  if (NOT_THERE.has(status) && NO_ROUTE.test(body.message)) return { code, about: 'model' };
  const about = aboutOfStatus(status);
  // Some servers answer with a 500 where others answer with a 400.
  if (about === 'fault' && status !== 500) return { about, code };
  const coded = codedParameters(body);
  const lacks = coded.length > 0 ? undefined : saidLack(body);
  const parameters = coded.length > 0 ? coded : saidParameters(body);
  if (lacks !== undefined) return { about: 'unable', code, lacks };
  if (parameters.some(({ name }) => name === 'stream')) return { about: 'unable', code, lacks: 'streaming' };
  if (parameters.length > 0) return { about: 'request', code, parameters };
  if (status === 413) return { about: 'unable', code, lacks: 'context' };
  return { about: about === 'request' && saysUnable(body) ? 'unable' : about, code };
}

/** Codes and types of an invalid request, where no HTTP status decides. */
const REQUEST_CODE =
  /invalid|bad_?request|validation|unprocessable|not_?found|unsupported|unknown_?parameter|missing|_(?:max|min)_/i;

/** Statuses for an address without such an API. A missing resource that a request names may have one of them too. */
const NOT_THERE: ReadonlySet<number> = new Set([404, 405]);

/** Sentences of servers and gateways about an address: FastAPI, Express, Azure, OpenAI, Kong, APISIX. */
const NO_ROUTE =
  /^(?:not found|method not allowed|(?:404 )?(?:page|path|route|resource|endpoint) not found|no route matched|cannot post|invalid url \(|unknown request url)\b/im;

function aboutOfStatus(status: number): ReplyError['about'] {
  return isRetryableHttpStatus(status) ? 'fault' : (ABOUT[status] ?? 'request');
}

const ABOUT: Readonly<Record<number, ReplyError['about']>> = {
  401: 'account',
  402: 'account',
  403: 'account',
  410: 'model',
  413: 'unable',
  451: 'unable',
  // Failed dependency, too early, over capacity, canceled by the server.
  424: 'fault',
  425: 'fault',
  498: 'fault',
  499: 'fault',
};
