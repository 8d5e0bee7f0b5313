/** Checks every field of a ledger record from a file or a database: a wrong value would silently become a wrong figure. */
import type { ArgumentCheck, MemberChecks } from '../../argument-checks.ts';
import {
  accepting,
  anyText,
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
import {
  INTENT_ID,
  isIntentId,
  isName,
  isStorable,
  MAX_ID_LENGTH,
  MAX_NOTE_LENGTH,
  storableText,
} from '../../core/ledger/names.ts';
import type {
  AttemptedRecord,
  DecidedRecord,
  LabelledRecord,
  LedgerRecord,
  PrefixTerm,
  SessionPrefix,
} from '../../core/ledger/records.ts';
import type { BilledCall, MeterRates, PricedAt, Usage } from '../../core/ledger/usage.ts';
import { METERS } from '../../core/ledger/usage.ts';
import type { Attempt, Decision, Evidence, Verdict } from '../../core/ledger/vocabulary.ts';
import { EVIDENCE_SOURCES } from '../../core/ledger/vocabulary.ts';
import { RouterError } from '../../errors.ts';

/** The largest time that a date can have. */
const MAX_TIME_MS = 8.64e15;

const time = accepting(
  'milliseconds since the epoch',
  value => typeof value === 'number' && value >= 0 && value <= MAX_TIME_MS,
);
const id = accepting(storableText(MAX_ID_LENGTH), value => isStorable(value, MAX_ID_LENGTH));
const note = accepting(storableText(MAX_NOTE_LENGTH), value => isStorable(value, MAX_NOTE_LENGTH));
const name = accepting('a name without separators, white space and control characters', isName);
const segment = accepting(
  'text without control characters',
  value => value === '' || isStorable(value, Number.POSITIVE_INFINITY),
);

const FACT = { intentId: accepting(INTENT_ID, isIntentId), revision: wholeFromZero, feature: name, atMs: time };

const propensity = accepting(
  'a probability above 0, up to 1',
  value => typeof value === 'number' && value > 0 && value <= 1,
);

function isPlan(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isName) && new Set(value).size === value.length;
}

const DECISION: MemberChecks<Decision> = {
  plan: accepting('a list of one model name or more, each once', isPlan),
  propensity,
  eligible: listOf('a list of plans', text),
  policy: anyText,
  reason: anyText,
};
const decision = objectWith(DECISION);

const TERM: MemberChecks<PrefixTerm> = {
  entryPpm: recordOf('millionths by model', wholeFromZero),
  cachedTokens: recordOf('tokens by model', wholeFromZero),
  costNanoUsd: recordOf('nano-dollars by plan', wholeFromZero),
  averageNanoUsd: recordOf('nano-dollars by plan', accepting('a whole number', Number.isSafeInteger)),
};

const PREFIX: MemberChecks<SessionPrefix> = {
  tokens: wholeFromZero,
  gapMs: optional(fromZero),
  lastModel: optional(text),
  earlierIntents: wholeFromZero,
  term: optional(objectWith(TERM)),
};

const DECIDED: MemberChecks<DecidedRecord> = {
  ...FACT,
  kind: text,
  session: optional(id),
  prefix: optional(objectWith(PREFIX)),
  segment,
  decision,
  failureCostNanoUsd: wholeFromZero,
  versions: recordOf('versions by model', anyText),
  promptVersion: optional(note),
};

const COUNTS: Readonly<Record<string, ArgumentCheck>> = Object.fromEntries(
  [...METERS, 'reasoning'].map(name => [name, optional(wholeFromZero)]),
);
const usage = objectWith<Usage>(COUNTS as MemberChecks<Usage>);

const RATES: Readonly<Record<string, ArgumentCheck>> = { ...COUNTS, gpuMs: optional(wholeFromZero) };
const rates = optional(objectWith<MeterRates>(RATES as MemberChecks<MeterRates>));

const CALL: MemberChecks<BilledCall> = { model: optional(text), usage, rates, listRates: rates };
const VERDICT: MemberChecks<Verdict> = { accepted: yesOrNo, by: anyText, reason: optional(anyText) };

const ATTEMPT: MemberChecks<Attempt> = {
  kind: oneOf(['first', 'retry', 'escalation', 'judge'] satisfies Attempt['kind'][]),
  requestId: text,
  turn: wholeFromOne,
  model: text,
  node: text,
  providerModel: anyText,
  responseModel: optional(anyText),
  params: optional(anyText),
  servedBy: optional(text),
  providerRequestId: optional(anyText),
  replyKeys: optional(listOf('a list of texts', anyText)),
  startedAtMs: time,
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
  rates,
  listRates: rates,
  calls: optional(listOf('a list of calls', objectWith(CALL))),
  tier: optional(anyText),
  speed: optional(anyText),
  region: optional(anyText),
  costNanoUsd: wholeFromZero,
  prefixNanoUsd: optional(wholeFromZero),
  prefixTokens: optional(wholeFromZero),
  provenance: oneOf(['reported', 'estimated', 'none'] satisfies Attempt['provenance'][]),
  unpriced: optional(listOf('a list of texts', anyText)),
  verdict: optional(objectWith(VERDICT)),
};
const attempt = objectWith(ATTEMPT);

const ATTEMPTED: MemberChecks<AttemptedRecord> = { ...FACT, kind: text, attempt, replaces: optional(wholeFromZero) };

const EVIDENCE: MemberChecks<Evidence> = {
  source: oneOf(EVIDENCE_SOURCES),
  success: accepting('true, false or null', value => typeof value === 'boolean' || value === null),
  signal: optional(name),
  value: optional(accepting('true, false, a number or text', value => typeof value !== 'object')),
  escalated: optional(yesOrNo),
  costNanoUsd: optional(wholeFromZero),
  key: optional(id),
  isWithdrawal: optional(yesOrNo),
};
const evidence = objectWith(EVIDENCE);

const LABELLED: MemberChecks<LabelledRecord> = { ...FACT, kind: text, evidence };

const MEMBERS = {
  decided: DECIDED,
  attempted: ATTEMPTED,
  labelled: LABELLED,
  corrected: LABELLED,
} satisfies Readonly<Record<LedgerRecord['kind'], object>>;

const CHECKS: Readonly<Record<LedgerRecord['kind'], ArgumentCheck>> = {
  decided: objectWith(DECIDED),
  attempted: objectWith(ATTEMPTED),
  labelled: objectWith(LABELLED),
  corrected: objectWith(LABELLED),
};

export const RECORD_KINDS: readonly string[] = Object.keys(CHECKS);

/** @throws RouterError `invalid-value` with the path, below `path`, of the first field with a value that no ledger can have */
export function checkRecord(record: object, path: string): asserts record is LedgerRecord {
  oneOf(RECORD_KINDS)((record as Partial<LedgerRecord>).kind, `${path}.kind`);
  const { kind } = record as LedgerRecord;
  CHECKS[kind](record, path);
}

/** The error for a stored record with a field that no ledger can have: a disk, or another program, changed it. */
export function damageOf(record: LedgerRecord): RouterError | undefined {
  try {
    checkRecord(record, 'record');
    return undefined;
  } catch (cause) {
    const path = `ledger (intent ${JSON.stringify(record.intentId)}, revision ${record.revision})`;
    return new RouterError('invalid-data', (cause as Error).message, { path, cause });
  }
}

/**
 * The members that this version knows. Others are left out: a file may contain text in them, and a ledger keeps no text.
 *
 * @param record was checked
 */
export function knownPart(record: LedgerRecord): LedgerRecord {
  const known = pick<LedgerRecord>(record, MEMBERS[record.kind]);
  switch (known.kind) {
    case 'decided': {
      const { decision, prefix } = known;
      const decided = { ...known, decision: pick(decision, DECISION) };
      return prefix === undefined ? decided : { ...decided, prefix: pick(prefix, PREFIX) };
    }
    case 'attempted':
      return { ...known, attempt: knownAttempt(known.attempt) };
    case 'labelled':
    case 'corrected':
      return { ...known, evidence: pick(known.evidence, EVIDENCE) };
  }
}

function knownAttempt(given: Attempt): Attempt {
  const { calls, verdict } = given;
  return {
    ...pick(given, ATTEMPT),
    usage: pick(given.usage, COUNTS),
    ...knownRates(given),
    ...(calls === undefined
      ? {}
      : { calls: calls.map(call => ({ ...pick(call, CALL), usage: pick(call.usage, COUNTS), ...knownRates(call) })) }),
    ...(verdict === undefined ? {} : { verdict: pick(verdict, VERDICT) }),
  };
}

function knownRates({ rates: given, listRates: listed }: PricedAt): PricedAt {
  return {
    ...(given === undefined ? {} : { rates: pick(given, RATES) }),
    ...(listed === undefined ? {} : { listRates: pick(listed, RATES) }),
  };
}

/** Members in their usual order, so that another export gives the same text. */
function pick<Of extends object>(value: Of, members: object): Of {
  return Object.fromEntries(Object.entries(value).filter(([member]) => Object.hasOwn(members, member))) as Of;
}
