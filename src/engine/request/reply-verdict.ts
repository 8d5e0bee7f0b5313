/** The verdict on a reply of a request: by the schema that the request demands, and the checks and validators of its feature. */
import type { ResolvedModel } from '../../config/resolved.ts';
import type { NodeKey, Verdict } from '../../core/ledger/vocabulary.ts';
import type { Answer } from '../attempts/exchange.ts';
import type { Engine } from '../engine.ts';
import type { RoutedRequest } from './routed-request.ts';

export interface JudgedReply {
  readonly answer: Answer;
  readonly model: Pick<ResolvedModel, 'name'>;
  readonly node: NodeKey;
  /** Returns the signal that is aborted when the request ends. Called only for a validator function. */
  readonly signal: () => AbortSignal | undefined;
}

/** Streams are validated after their caller got them, when the request's deadline no longer applies. */
export const noSignal = (): undefined => undefined;

export type GivenVerdict = Verdict | Promise<Verdict> | undefined;

/** False for a verdict that must be waited for. */
export function isAccepted(verdict: GivenVerdict): verdict is Verdict | undefined {
  return verdict === undefined || ('accepted' in verdict && verdict.accepted);
}

/**
 * A promise only where a validator returns one; `undefined` where no verdict is configured, and the request demands no
 * schema.
 */
export function verdictOnReply(
  { verdicts, runtime, faulted }: Pick<Engine, 'verdicts' | 'runtime' | 'faulted'>,
  request: Pick<RoutedRequest, 'feature' | 'intentId' | 'judge' | 'judgeSlot' | 'begun'>,
  { answer, model, node, signal }: JudgedReply,
): GivenVerdict {
  const { feature, intentId, judge, begun } = request;
  const { config } = feature;
  if (judge !== undefined) return undefined;
  if (answer.violation !== undefined)
    return { accepted: false, by: 'schema', reason: `of the request: ${answer.violation}` };
  if (!config.hasVerdict) return undefined;
  // A validator is called once for each answer.
  if (begun?.judged?.answer === answer) return begun.judged.verdict;
  return verdicts.on?.(config, answer, {
    model: model.name,
    intentId,
    signal,
    runtime,
    judgeModel: name => request.judgeSlot(name, node),
    faulted: error => faulted({ where: 'validator', feature: config.name, intentId, error }),
  });
}
