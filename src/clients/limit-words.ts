/** The limits that the router has learned about a model, in words: for observers and explanations. Loaded when there is one. */
import type { Fault } from '../contracts/observer.ts';
import { RouterError } from '../errors.ts';
import type { LearntLimit, Limit, NamedParameter } from './learnt-limits.ts';

/** The fault that observers get when a limit is learned. */
export function learntFault(model: string, limit: Limit): Fault {
  const message = `${model} refused a request; for an hour, ${describeLimit(limit)}`;
  const path = `models.${model}`;
  const accepted = '`transform` or `lacks`, which say so from the start';
  return { where: 'wire', error: new RouterError('invalid-config', message, { path, accepted }) };
}

/** A limit of a model, and since when it applies. */
export function limitNote(model: string, { limit, sinceMs }: LearntLimit): string {
  return `${model}: ${describeLimit(limit)}, since it refused one at ${new Date(sinceMs).toISOString()}`;
}

/** What the router does about a limit, in words. */
export function describeLimit(limit: Limit): string {
  switch (limit.kind) {
    case 'rename':
      return `\`${limit.parameter}\` is sent as \`${limit.to}\``;
    case 'drop':
      return `\`${named(limit)}\` is left out${limit.beside === undefined ? '' : ` of requests with \`${named(limit.beside)}\``}`;
    case 'clamp':
      return `\`${limit.parameter}\` is sent as ${limit.max} at most`;
    case 'refuses':
      return `requests with \`${named(limit)}\` go to other candidates`;
    case 'lacks':
      return `requests that need ${limit.capability} go to other candidates`;
    case 'too-long':
      return `requests of ${limit.chars} characters and more go to other candidates`;
  }
}

function named({ parameter, value }: NamedParameter): string {
  return value === undefined ? parameter : `${parameter}: ${JSON.stringify(value)}`;
}
