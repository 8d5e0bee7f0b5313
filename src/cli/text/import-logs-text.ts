/** The report of an import from another product's logs: what could be used, and which questions the logs cannot answer. */
import { formatCount, formatIntents } from '../../core/report/wording.ts';
import type { ImportedLogs } from '../io/import-logs.ts';

export function renderImportedLogs(result: ImportedLogs): string {
  const { rows, intents, labelled, byFeature, success, scores, leftOut, ledger, table } = result;
  const features = Object.entries(byFeature).map(([feature, models]) => {
    const each = Object.entries(models).map(
      ([model, own]) => `${model} ${formatCount(own.intents)} (${formatCount(own.labelled)} with an outcome)`,
    );
    return `  ${feature}: ${each.join(', ')}`;
  });
  const names = Object.entries(scores).map(([name, n]) => `"${name}" (${formatCount(n)})`);
  return [
    `${formatIntents(intents)} of ${formatCount(rows)} rows ${intents === 1 ? 'is' : 'are'} in ${table ?? ledger ?? ''}, ${formatCount(labelled)} with an outcome.`,
    ...features,
    ...failuresAtZero(result),
    success === null
      ? names.length === 0
        ? 'No score is in these files, so that no intent has an outcome: --with adds a file with the columns id and success.'
        : `No outcome was read, because there are several scores: ${names.join(', ')}. --success names the one that counts.`
      : `A success is "${success.score}" from ${success.from} on.`,
    ...Object.entries(leftOut).map(([why, n]) => `Left out: ${formatCount(n)} × ${why}.`),
    'Not in any log: prices that were in force (costs are taken as they are), and why a model was chosen.',
    ...whatTheySay(result),
  ].join('\n');
}

/** Without this note, a total of only model spend would be read as the whole cost. */
function failuresAtZero({ failuresAtZero: byFeature, byFeature: all }: ImportedLogs): readonly string[] {
  const features = Object.entries(byFeature);
  const failures = features.reduce((sum, [, n]) => sum + n, 0);
  if (failures === 0) return [];
  const of = features.length === Object.keys(all).length ? '' : ` of ${features.map(([name]) => name).join(', ')}`;
  return [
    `WARNING: what a failure costs is not known, so that ${formatCount(failures)} ${failures === 1 ? 'failure' : 'failures'}${of} ${failures === 1 ? 'counts' : 'count'} as $0: ` +
      'total cost and cost per intent are model spend alone, and the model that spends least looks cheapest however often it ' +
      'fails. Import again with --failure-cost 15, or with a --config that has the failureCostUsd of each feature.',
  ];
}

/** The questions that these logs can answer, and the command for each. */
function whatTheySay({ byFeature, assigned, ledger, table }: ImportedLogs): readonly string[] {
  const isOfOne = Object.values(byFeature).every(models => Object.keys(models).length === 1);
  const others = isOfOne
    ? 'One model has answered each feature: nothing in these logs says how another one would have done.'
    : assigned === 'randomly'
      ? 'The choice of the model is taken as random. If it was, `report --baseline` and `replay` on a ledger say what another choice would have cost.'
      : 'Why a model was chosen is not known, so that what another choice would have cost is not estimated. If it did not depend on the request: --assigned randomly.';
  if (table !== undefined)
    return [
      others,
      `Each model's success rate, for a configuration: npx outcome-router priors ${table}`,
      'Not for `bench`: each of these requests has the reply of one model, and `bench` compares replies of several to the same request.',
    ];
  const [baseline = ''] = Object.entries(Object.values(byFeature)[0] ?? {})
    .toSorted(([, a], [, b]) => b.intents - a.intents)
    .map(([model]) => model);
  return [
    others,
    `What each model cost and how often it succeeded: npx outcome-router report ${ledger ?? ''}`,
    ...(isOfOne || assigned !== 'randomly'
      ? []
      : [
          `To see what was saved or lost against using one model for all: npx outcome-router report ${ledger ?? ''} --baseline ${baseline}`,
        ]),
  ];
}
