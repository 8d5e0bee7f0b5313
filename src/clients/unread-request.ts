/** What stands in the way of a request that is none of its API: no candidate of another API can be asked. */
import type { RouterError } from '../errors.ts';
import type { Finding } from '../translate/neutral/translator.ts';

export function unreadRequest({ path = 'body', message }: RouterError): readonly Finding[] {
  // The message begins with the path, as that of every error.
  const reason = message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message;
  return [{ path, mark: 'unable', reason }];
}
