/** Reads a request for candidates of another API, and explains why one cannot be read. */
import { RouterError } from '../errors.ts';
import type { Api, Conversation } from '../translate/neutral/conversation.ts';
import { isTooDeep } from '../translate/neutral/json-nesting.ts';
import type { Finding } from '../translate/neutral/translator.ts';
import { translatorOf } from '../translate/translate.ts';

/** The parsed request, or the error that it is not a request of its API. */
export function readRequest(api: Api, body: string): Conversation | RouterError {
  if (isTooDeep(body)) return new RouterError('invalid-value', 'it is nested too deeply to be translated');
  try {
    return translatorOf(api).readRequest(body);
  } catch (error) {
    if (RouterError.isInstance(error)) return error;
    throw error;
  }
}

export function unreadRequest({ path = 'body', message }: RouterError): readonly Finding[] {
  // The message begins with the path, as in every error.
  const reason = message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
  return [{ path, mark: 'unable', reason }];
}
