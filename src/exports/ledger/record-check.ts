/** Checks every field of a ledger record that comes from a file: a wrong one would become a wrong figure without a word. */
import type { ArgumentCheck } from '../../argument-checks.ts';
import {
  accepting,
  anyText,
  finite,
  fromZero,
  listOf,
  objectWith,
  oneOf,
  optional,
  recordOf,
  text,
  wholeFromOne,
  wholeFromZero,
  yesOrNo,
} from '../../argument-checks.ts';
import type { AttemptedRecord, DecidedRecord, LabelledRecord, LedgerRecord } from '../../core/ledger/records.ts';
import type { BilledCall, Usage } from '../../core/ledger/usage.ts';
import { METERS } from '../../core/ledger/usage.ts';
import type { Attempt, Decision, Evidence, Verdict } from '../../core/ledger/vocabulary.ts';
import { EVIDENCE_SOURCES } from '../../core/ledger/vocabulary.ts';

const FACT = { intentId: text, revision: wholeFromZero, feature: text, atMs: finite };

const propensity = accepting(
  'a probability above 0, up to 1',
  value => typeof value === 'number' && value > 0 && value <= 1,
);

const decision = objectWith<Decision>({
  plan: listOf('a list of model names', text),
  propensity,
  eligible: listOf('a list of plans', text),
  policy: anyText,
  reason: anyText,
});

const decided = objectWith<DecidedRecord>({
  ...FACT,
  kind: text,
  session: optional(anyText),
  segment: anyText,
  decision,
  failureCostNanoUsd: wholeFromZero,
  versions: recordOf('versions by model', anyText),
  promptVersion: optional(anyText),
});

const COUNTS: Readonly<Record<string, ArgumentCheck>> = Object.fromEntries(
  [...METERS, 'reasoning'].map(name => [name, optional(fromZero)]),
);
const usage = objectWith<Usage>(COUNTS as { readonly [Name in keyof Required<Usage>]: ArgumentCheck });

const attempt = objectWith<Attempt>({
  kind: oneOf(['first', 'retry', 'escalation', 'judge'] satisfies Attempt['kind'][]),
  requestId: text,
  turn: wholeFromOne,
  model: text,
  node: text,
  providerModel: anyText,
  responseModel: optional(anyText),
  servedBy: optional(text),
  providerRequestId: optional(anyText),
  replyKeys: optional(listOf('a list of texts', anyText)),
  startedAtMs: finite,
  latencyMs: fromZero,
  firstByteMs: optional(fromZero),
  status: oneOf([
    'ok',
    'rejected-request',
    'refused',
    'provider-fault',
    'connection',
    'timeout',
    'aborted',
    'broken',
  ] satisfies Attempt['status'][]),
  httpStatus: optional(wholeFromZero),
  usage,
  calls: optional(listOf('a list of calls', objectWith<BilledCall>({ model: optional(text), usage }))),
  tier: optional(anyText),
  speed: optional(anyText),
  region: optional(anyText),
  costNanoUsd: wholeFromZero,
  provenance: oneOf(['reported', 'estimated', 'none'] satisfies Attempt['provenance'][]),
  unpriced: optional(listOf('a list of texts', anyText)),
  verdict: optional(objectWith<Verdict>({ accepted: yesOrNo, by: anyText, reason: optional(anyText) })),
});

const attempted = objectWith<AttemptedRecord>({ ...FACT, kind: text, attempt, replaces: optional(wholeFromZero) });

const evidence = objectWith<Evidence>({
  source: oneOf(EVIDENCE_SOURCES),
  success: accepting('true, false or null', value => typeof value === 'boolean' || value === null),
  signal: optional(anyText),
  value: optional(accepting('true, false, a number or text', value => typeof value !== 'object')),
  escalated: optional(yesOrNo),
  costNanoUsd: optional(wholeFromZero),
  key: optional(anyText),
  isWithdrawal: optional(yesOrNo),
});

const labelled = objectWith<LabelledRecord>({ ...FACT, kind: text, evidence });

const CHECKS: Readonly<Record<LedgerRecord['kind'], ArgumentCheck>> = {
  decided,
  attempted,
  labelled,
  corrected: labelled,
};

export const RECORD_KINDS: readonly string[] = Object.keys(CHECKS);

/** @throws RouterError `invalid-value` with the path of the first field that no ledger can have, below `path` */
export function checkRecord(record: object, path: string): asserts record is LedgerRecord {
  oneOf(RECORD_KINDS)((record as Partial<LedgerRecord>).kind, `${path}.kind`);
  const { kind } = record as LedgerRecord;
  CHECKS[kind](record, path);
}

const cellKey = accepting(
  'scope, feature, segment, node or plan, version and hour, separated by tabs',
  value => typeof value === 'string' && /^(?:node|plan)(?:\t[^\t]*){4}\t-?\d+$/.test(value),
);
const cellSums = recordOf(
  'sums by name',
  accepting('a whole number as text', value => typeof value === 'string' && /^\d+$/.test(value)),
);

/** A cell of the pruned base, as its line has it. */
export interface WrittenCell {
  readonly key: string;
  readonly sums: Readonly<Record<string, string>>;
}

/** @throws RouterError `invalid-value` with the path of what is no part of a cell */
export function checkCell(line: object): asserts line is WrittenCell {
  const { key, sums } = line as Partial<WrittenCell>;
  cellKey(key, 'key');
  cellSums(sums, 'sums');
}
