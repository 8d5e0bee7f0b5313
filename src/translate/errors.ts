/** A vendor's error as the client's own vendor would have written it, with the original inside. */
import type { Api } from './neutral/conversation.ts';
import type { JsonObject } from './neutral/json-text.ts';
import { jsonText } from './neutral/json-text.ts';
import { memberOf, textOf } from './neutral/json-values.ts';
import { readVendorError } from './neutral/vendor-error.ts';
import { translatorOf } from './translate.ts';

export interface TranslatedErrorOptions {
  /** The vendor's HTTP status. */
  readonly status: number;
  /** The API of the vendor, and of the client. */
  readonly from: Api;
  readonly to: Api;
  /** The vendor's id of the request. */
  readonly requestId?: string | undefined;
}

/**
 * The body of the error in the format of the client's API. `error.upstream` contains the vendor's own error, without keys and
 * without parts of the request that it repeats.
 *
 * @param text the body as the vendor wrote it
 */
export function translatedError(text: string, options: TranslatedErrorOptions): string {
  const { status, from, to, requestId } = options;
  const error = readVendorError(text, status);
  const isTooLong = error.code === 'context_length_exceeded';
  const own = isOpenai(from) && isOpenai(to) ? memberOf(error.body, 'error') : undefined;
  return clientError(to, {
    type: textOf(memberOf(own, 'type')) ?? (isOpenai(to) ? error.openaiType : error.anthropicType),
    // Anthropic's clients shorten a conversation when they read this message.
    message: to === 'anthropic-messages' && isTooLong ? withLead(error.message) : error.message,
    code: textOf(memberOf(own, 'code')) ?? error.code,
    param: clientParam(error.param ?? leadOf(error.message), { from, to }),
    upstream: { api: from, status, body: error.body },
    requestId,
  });
}

/** Both APIs of OpenAI write errors in the same words. */
function isOpenai(api: Api): boolean {
  return api !== 'anthropic-messages';
}

const TOO_LONG = 'prompt is too long';

function withLead(message: string): string {
  return message.includes(TOO_LONG) ? message : `${TOO_LONG}: ${message}`;
}

/** An error as a client reads it. */
export interface ClientError {
  /** The error type in the vendor's terms. */
  readonly type: string;
  readonly message: string;
  readonly code?: string | null;
  readonly param?: string | null;
  /** The original error of the vendor that answered. */
  readonly upstream?: JsonObject;
  readonly requestId?: string | undefined;
}

/** The body of an error in the shape of an API. */
export function clientError(api: Api, { type, message, code, param, upstream, requestId }: ClientError): string {
  if (api === 'anthropic-messages') {
    // The vendor sent no code: this one is the router's own.
    const own = upstream === undefined && code !== null ? code : undefined;
    const details = own === undefined ? undefined : { error_code: own };
    const error = { type, message, code: own, details, upstream };
    return jsonText({ type: 'error', error, request_id: requestId ?? null });
  }
  return jsonText({ error: { message, type, param: param ?? null, code: code ?? null, upstream } });
}

/** Anthropic begins its sentences with the parameter: `max_tokens: 9 > 5, which …`. */
function leadOf(message: string): string | undefined {
  return /^([a-z_]+(?:\.[a-z_0-9]+)*): /.exec(message)?.[1];
}

interface Direction {
  readonly from: Api;
  readonly to: Api;
}

/** The client's name of a parameter that the vendor named; null where the client has no such field. */
export function clientParam(param: string | undefined, { from, to }: Direction): string | null {
  if (param === undefined) return null;
  if (from === to) return param;
  const { names } = translatorOf(from);
  const theirs = (Object.keys(names) as (keyof typeof names)[])
    // An error about a message concerns one of the turns.
    .filter(key => key !== 'system' || names.system !== names.turns);
  // `messages[3].content` concerns the messages, and `text.format.schema` the format.
  const words = param.split(/[.[]/);
  for (const path of [words.slice(0, 2).join('.'), words[0]]) {
    const found = theirs.find(key => names[key] === path);
    if (found !== undefined) return translatorOf(to).names[found];
  }
  return null;
}
