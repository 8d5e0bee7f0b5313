/** Options and fields that accept one of a few names. */
import { InvalidArgumentError, Option } from 'commander';
import { nearestName } from '../../nearest-name.ts';

/** An option with a fixed set of values. The error for another value suggests the most similar one. */
export function choice(flags: string, description: string, values: readonly string[]): Option {
  return new Option(flags, description).choices(values).argParser(text => {
    requireName(text, values);
    return text;
  });
}

/** @throws InvalidArgumentError with the accepted names, and the most similar of them */
export function requireName(name: string, accepted: readonly string[]): void {
  if (accepted.includes(name)) return;
  const nearest = nearestName(name, accepted);
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  throw new InvalidArgumentError(`"${name}" is not one of ${accepted.join(', ')}.${hint}`);
}
