/**
 * For `explain`: the success rates that public evidence predicts for candidates, its sources, and the candidates' own
 * outcomes so far.
 */
import type { CandidateOutcomes } from '../contracts/prior.ts';
import type { ExpectedSuccess } from '../core/cells/rate-cells.ts';
import { wilson } from '../core/math/interval.ts';
import { formatCount, formatFigure, formatPercent } from '../core/report/wording.ts';

export interface SourcedExpectation extends ExpectedSuccess {
  /** Sources of the evidence, with dates and addresses. */
  readonly sources: readonly string[];
}

/**
 * One note for each candidate.
 *
 * @param evidence description for people: `public benchmarks (coding)`
 */
export function evidenceNotes(
  evidence: string,
  expected: ReadonlyMap<string, SourcedExpectation>,
  { candidates, outcomes }: { readonly candidates: readonly string[]; readonly outcomes: readonly CandidateOutcomes[] },
): readonly string[] {
  const unknown = candidates.filter(name => !expected.has(name));
  return [
    ...[...expected].map(([name, { success, outcomes: weight, sources }]) => {
      const { n, s } = outcomes.find(({ node }) => node === name) ?? { n: 0, s: 0 };
      const live =
        n === 0
          ? 'it has no outcome yet'
          : `so far it succeeded in ${formatFigure(wilson(s, n), formatPercent)} of ${formatCount(n)}`;
      return (
        `Before its first outcome, ${name} was expected to succeed in ${formatPercent(success)} by ${evidence}, which count as ` +
        `${formatCount(weight)} outcomes; ${live}. ${sources.join('; ')}.`
      );
    }),
    ...(unknown.length === 0 ? [] : [`The prior from ${evidence} says nothing about ${unknown.join(', ')}.`]),
  ];
}
