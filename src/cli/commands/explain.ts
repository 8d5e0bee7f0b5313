/** `outcome-router explain`: which plan a feature's next intents get, and why. */
import type { Command } from 'commander';
import type { Explanation } from '../../core/report/explanation.ts';
import { describeControl } from '../../core/report/control-words.ts';
import { ledgerView } from '../../dashboard/ledger-view.ts';
import { RouterError } from '../../errors.ts';
import { applicationAt, withConfig } from '../io/application.ts';
import { configuredReach } from '../io/configured-reach.ts';
import { useLedger, withSubject } from '../io/ledger.ts';
import { printResult, withJson } from '../io/output.ts';
import { renderExplanation } from '../text/explain-text.ts';

interface ExplainFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly segment?: string;
}

interface Explained extends Explanation {
  /** The feature's other segments, each with an explanation of its own. */
  readonly segments: readonly string[];
}

/** Adds `explain` to the program. */
export function register(program: Command): void {
  withConfig(withJson(withSubject(program.command('explain'), '<feature>', 'name of the feature')))
    .description("Explain which plan a feature's next intents get and why, from the ledger alone.")
    .option('--segment <segment>', 'of the intents with this context: tier=free', segment => segment)
    .action(async (feature: string, ledger: string, flags: ExplainFlags) => {
      const explained = await useLedger(ledger, async store => {
        const application = await applicationAt(flags.config);
        const router = application && configuredReach(application);
        const view = ledgerView({ store, router, nowMs: Date.now, elapsedMs: () => performance.now() });
        const { explanations, controls } = await view.feature(feature);
        const { segment = '' } = flags;
        const segments = explanations.map(each => each.segment);
        const found = explanations.find(each => each.segment === segment);
        if (found === undefined) throw unknownSegment(segment, segments);
        const notes = [...found.notes, ...controls.set.map(control => `${describeControl(control)}.`)];
        return { ...found, notes, segments: segments.filter(each => each !== segment) };
      });
      printResult<Explained>(explained, flags, renderExplanation);
    });
}

function unknownSegment(segment: string, segments: readonly string[]): RouterError {
  return new RouterError('invalid-value', `the feature has no intents of the segment "${segment}"`, {
    path: '--segment',
    accepted: segments,
    given: segment,
  });
}
