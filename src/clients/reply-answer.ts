/** The recorded facts of a reply: the usage its provider reported, or an estimate where it reported none. */
import type { ReplyFacts, StreamReader } from '../contracts/wire.ts';
import type { PartialUsage, UnreportedUsage } from '../core/ledger/usage.ts';
import { estimateUsage } from '../core/ledger/usage.ts';
import { isPending } from '../core/ledger/vocabulary.ts';
import type { Answer } from '../engine/attempts/exchange.ts';
import { CUT_OFF, unstatedUsage } from '../engine/attempts/unstated-usage.ts';
import { withoutZeroUsage } from '../engine/attempts/zero-usage.ts';
import { meansSameModel } from '../prices/snapshot.ts';
import { parseJson, stringField } from '../wires/json-fields.ts';
import type { SentRequest } from './http-request.ts';

const NO_FACTS: ReplyFacts = Object.freeze({ finish: 'other', text: '', hasToolCalls: false });

/**
 * The answer of a whole reply.
 *
 * @param replyChars characters that the model has written, for the estimate when the provider reported no usage
 */
export function answerOf(sent: SentRequest, facts: ReplyFacts, replyChars: number): Answer {
  if (facts.usage === undefined)
    return estimatedAnswer(sent, { replyChars, facts, why: unstatedUsage(facts.partialUsage) });
  const reported: Answer & Pick<ReplyFacts, 'partialUsage'> = {
    ...facts,
    partialUsage: undefined,
    region: facts.region ?? sent.region,
    usage: facts.usage,
    provenance: 'reported',
  };
  const answer = withoutZeroUsage(reported, new Written(sent, replyChars));
  return isRequestedFallback(sent, facts.model) ? { ...answer, isRequestedFallback: true } : answer;
}

interface Unstated {
  readonly replyChars: number;
  /** Default: no facts, because nothing of the reply was read. */
  readonly facts?: ReplyFacts;
  /** Which part of the usage is not stated. Default: the reply was cut off. */
  readonly why?: string;
}

/** An answer whose usage is estimated from characters, except for the parts that the reply states. */
export function estimatedAnswer(sent: SentRequest, { replyChars, facts = NO_FACTS, why = CUT_OFF }: Unstated): Answer {
  const { partialUsage, region = sent.region, ...known } = facts;
  return {
    ...known,
    region,
    usage: estimateUsage(new Written(sent, replyChars, partialUsage)),
    provenance: 'estimated',
    // For a reply that is still being written, `unpriced` already says that the usage comes later.
    unpriced: isPending(facts) ? facts.unpriced : [...(facts.unpriced ?? []), why],
  };
}

/**
 * The counts from which usage is estimated. Files are counted only where one is needed. A class: an object with a getter of its own
 * gets a shape of its own, which keeps the request in memory until the next full garbage collection.
 */
class Written implements UnreportedUsage {
  readonly #sent: SentRequest;
  readonly replyChars: number;
  readonly partialUsage: PartialUsage | undefined;

  constructor(sent: SentRequest, replyChars: number, partialUsage?: PartialUsage) {
    this.#sent = sent;
    this.replyChars = replyChars;
    this.partialUsage = partialUsage;
  }

  get requestChars(): number {
    return this.#sent.promptChars?.() ?? this.#sent.requestChars;
  }
}

/** True where the reply's model is one of those that the request names for the provider to fall back to. */
function isRequestedFallback(sent: SentRequest, model: string | undefined): boolean {
  if (model === undefined || model === sent.model.providerModel) return false;
  const { facts } = sent.request;
  if (facts.bound?.reason !== 'vendor fallbacks') return false;
  const lists = [facts.parameter('fallbacks'), facts.parameter('models')].map(list => parseJson(list ?? ''));
  const names = lists.flat().map(entry => (typeof entry === 'string' ? entry : stringField(entry, 'model')));
  return names.some(name => name !== undefined && meansSameModel(name, model));
}

/** Characters that a model may have written in a body that cannot be read: JSON may be a reply, but a proxy's page is not. */
export function writtenChars(body: string): number {
  return /^\s*[[{]/.test(body) ? body.length : 0;
}

/** The answer in the part of a stream that was read so far. */
export function streamAnswer(sent: SentRequest, reader: StreamReader): Answer {
  const facts = reader.facts();
  const { chars: replyChars } = reader;
  const isCutOff = facts.usage === undefined && !reader.done;
  return isCutOff ? estimatedAnswer(sent, { replyChars, facts }) : answerOf(sent, facts, replyChars);
}

/** The charge of a failure: the usage that it reports, in part or in full; no charge without usage. */
export function reportedAnswer(sent: SentRequest, facts: ReplyFacts | undefined): Answer | undefined {
  return (facts?.usage ?? facts?.partialUsage) === undefined ? undefined : answerOf(sent, facts as ReplyFacts, 0);
}

/**
 * The empty output of a reply of each API. Added to an object that is not a reply, such as an error, it lets the wire read the usage in it.
 */
const NO_OUTPUT = { choices: [{}], output: [], content: [] };

/** The charge that the JSON of a failure states, whether or not it is a reply of its API. */
export function billedAnswer(sent: SentRequest, json: unknown): Answer | undefined {
  const { wire } = sent.request;
  const facts = wire.reply(json) ?? wire.reply({ ...(json as object | undefined), ...NO_OUTPUT });
  return reportedAnswer(sent, facts);
}
