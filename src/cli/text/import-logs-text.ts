/** The report of an import from another product's logs: what could be used, and what nothing can be said about. */
import { formatCount } from '../../core/report/wording.ts';
import type { ImportedLogs } from '../io/import-logs.ts';

export function renderImportedLogs(result: ImportedLogs): string {
  const { rows, intents, labelled, byFeature, success, scores, leftOut, assigned, ledger, table } = result;
  const features = Object.entries(byFeature).map(([feature, models]) => {
    const each = Object.entries(models).map(
      ([model, own]) => `${model} ${formatCount(own.intents)} (${formatCount(own.labelled)} with an outcome)`,
    );
    return `  ${feature}: ${each.join(', ')}`;
  });
  const names = Object.entries(scores).map(([name, n]) => `"${name}" (${formatCount(n)})`);
  const answeredByOne = Object.values(byFeature).every(models => Object.keys(models).length === 1);
  return [
    `${formatCount(intents)} intents of ${formatCount(rows)} rows are in ${table ?? ledger ?? ''}, ${formatCount(labelled)} with an outcome.`,
    ...features,
    success === null
      ? names.length === 0
        ? 'No score is in these files, so that no intent has an outcome: --with adds a file with the columns id and success.'
        : `No outcome was read, because there are several scores: ${names.join(', ')}. --success names the one that counts.`
      : `A success is "${success.score}" from ${success.from} on.`,
    ...Object.entries(leftOut).map(([why, n]) => `Left out: ${formatCount(n)} × ${why}.`),
    'Not in any log: prices that were in force (costs are taken as they are), and why a model was chosen.',
    answeredByOne
      ? 'One model has answered each feature: nothing in these logs says how another one would have done.'
      : assigned === 'randomly'
        ? `Which model answered is taken as random: ${table === undefined ? '`replay` and `report --baseline` say' : '`priors` says'} what another choice would have cost, if that is so.`
        : 'Why a model was chosen is not known, so that what another choice would have cost is not estimated. If it did not depend on the request: --assigned randomly.',
  ].join('\n');
}
