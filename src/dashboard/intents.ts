/** Lists of intents that fit a filter, and receipts. */
import { spendOf, summaryOf } from '../analysis/intent-summary.ts';
import type { SearchSource } from '../analysis/search-intents.ts';
import { searchIntents } from '../analysis/search-intents.ts';
import type { Store } from '../contracts/store.ts';
import type { Cell } from '../core/cells/cell.ts';
import { toDecimalUsd } from '../core/ledger/money.ts';
import { isStorable, MAX_ID_LENGTH } from '../core/ledger/names.ts';
import type { LedgerRecord } from '../core/ledger/records.ts';
import { foldIntent } from '../core/ledger/records.ts';
import { modelOfNode } from '../core/ledger/vocabulary.ts';
import { RouterError } from '../errors.ts';
import type { IntentQuery } from './intent-query.ts';
import { placeText } from './intent-query.ts';
import type { LedgerView } from './ledger-view.ts';
import type { EvidenceMessage, IntentChoicesMessage, IntentListMessage, IntentMessage } from './messages.ts';

/**
 * A search ends after this time with the intents found so far, and the page offers to continue. Longer: fewer clicks to find rare
 * intents, but a longer wait for each.
 */
const SEARCH_MS = 300;

/** @throws RouterError `unknown-feature` */
export async function listIntents(
  { store, view, elapsedMs }: { readonly store: Store; readonly view: LedgerView; readonly elapsedMs: () => number },
  { feature, ...query }: IntentQuery,
): Promise<IntentListMessage> {
  const features = feature === undefined ? await view.features() : [await view.known(feature)];
  const source: SearchSource = { ...store, cells: view.cells };
  // The time limit starts at the first intent: with many features it could end before a second one is read.
  let untilMs: number | undefined;
  const isOver = (): boolean => (untilMs ??= elapsedMs() + SEARCH_MS) < elapsedMs();
  const { intents, next, searchedToMs } = await searchIntents(source, { ...query, features }, isOver);
  return {
    intents: intents.map(summaryOf),
    ...(next === undefined ? {} : { next: placeText(next) }),
    ...(searchedToMs === undefined ? {} : { searchedToMs }),
  };
}

/** Models and versions that have answered, for one feature or all, latest first: the values that a filter can have. */
export async function intentChoices(
  view: Pick<LedgerView, 'features' | 'known' | 'cells'>,
  feature: string | undefined,
): Promise<IntentChoicesMessage> {
  const features = await view.features();
  const lists: (readonly Cell[])[] = [];
  for (const name of feature === undefined ? features : [await view.known(feature)]) lists.push(await view.cells(name));
  const nodes = lists
    .flat()
    .filter(({ key }) => key.scope === 'node')
    .sort((a, b) => b.key.bucket - a.key.bucket);
  return {
    features,
    models: [...new Set(nodes.map(({ key }) => modelOfNode(key.subject)))].sort(),
    versions: [...new Set(nodes.map(({ key }) => key.version))].slice(0, MAX_VERSIONS),
  };
}

const MAX_VERSIONS = 200;

/** @throws RouterError `unknown-intent`, and `intent-removed` where its records were removed */
export async function receiptOf(store: Store, id: string): Promise<IntentMessage> {
  const records = isStorable(id, MAX_ID_LENGTH) ? await store.load(id) : [];
  const intent = foldIntent(records);
  if (intent === undefined)
    throw new RouterError('unknown-intent', `the ledger knows no intent ${JSON.stringify(id)}`, {
      path: 'id',
      given: id,
    });
  const { decided, attempts, outcome } = intent;
  const { failureUsd } = summaryOf(intent);
  const spend = spendOf(attempts);
  const failure = outcome.state === 'failure' ? BigInt(outcome.costNanoUsd ?? decided.failureCostNanoUsd) : 0n;
  return {
    id,
    feature: decided.feature,
    decidedAtMs: decided.atMs,
    ...(decided.session === undefined ? {} : { session: decided.session }),
    ...(decided.promptVersion === undefined ? {} : { promptVersion: decided.promptVersion }),
    segment: decided.segment,
    decision: decided.decision,
    versions: decided.versions,
    failureCostUsd: toDecimalUsd(decided.failureCostNanoUsd),
    spendUsd: toDecimalUsd(spend),
    failureUsd,
    totalUsd: toDecimalUsd(spend + failure),
    attempts,
    evidence: evidenceIn(records),
    outcome,
  };
}

function evidenceIn(records: readonly LedgerRecord[]): readonly EvidenceMessage[] {
  return records.flatMap(record =>
    record.kind === 'labelled' || record.kind === 'corrected' ? [{ ...record.evidence, atMs: record.atMs }] : [],
  );
}
