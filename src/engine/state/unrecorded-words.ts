/** The warning about a feature whose outcomes are not recorded. Loaded with the first one. */
import type { Fault } from '../../contracts/observer.ts';
import { HOW_TO_RECORD } from '../../core/report/recording-words.ts';
import { RouterError } from '../../errors.ts';

export function tellUnrecorded(
  { feature, intents }: { readonly feature: string; readonly intents: number },
  { warn, faulted }: { readonly warn: (error: unknown) => void; readonly faulted: (fault: Fault) => void },
): void {
  const error = new RouterError(
    'invalid-config',
    `no outcome of the first ${intents} intents of "${feature}" is recorded: nothing is learned from them, and what a success costs ` +
      `is not known. ${HOW_TO_RECORD} Where outcomes come days later, nothing is wrong`,
    { path: `features[${JSON.stringify(feature)}]`, accepted: 'outcomes, signals, returns, checks or silence' },
  );
  warn(error);
  faulted({ where: 'outcome', feature, error });
}
