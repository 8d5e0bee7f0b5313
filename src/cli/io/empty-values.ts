/** Options and arguments that are given as empty text, as an unset variable of a shell would be. */
import type { Command } from 'commander';
import { checkText } from '../../errors.ts';

/**
 * Options with a parser of their own state what they accept; all others have no meaning without text.
 *
 * @throws RouterError `invalid-value` with the option or the argument
 */
export function requireTexts(command: Command): void {
  for (const option of command.options) {
    if (option.parseArg !== undefined) continue;
    const value: unknown = command.getOptionValue(option.attributeName());
    for (const text of [value].flat()) checkGiven(text, option.long ?? option.flags);
  }
  for (const [index, argument] of command.registeredArguments.entries())
    checkGiven(command.processedArgs[index], argument.name());
}

function checkGiven(value: unknown, path: string): void {
  if (typeof value === 'string') checkText(value, path);
}
