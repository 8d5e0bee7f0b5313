/** `router.run`: the same engine for anything that is not one of the HTTP shapes (an agent, a pipeline, another vendor's SDK). */
import type { FeatureConfig } from '../config/application.ts';
import type { ResolvedModel } from '../config/resolved.ts';
import { isRetryableHttpStatus } from '../core/ledger/attempt-status.ts';
import { MAX_FACT_USD, toNanoUsd } from '../core/ledger/money.ts';
import type { Usage } from '../core/ledger/usage.ts';
import { METERS } from '../core/ledger/usage.ts';
import type { Engine } from '../engine/engine.ts';
import type { Answer, Exchanged } from '../engine/attempts/exchange.ts';
import { performRequest } from '../engine/request/request.ts';
import type { RoutedRequest } from '../engine/request/routed-request.ts';
import { retryAfterMs } from '../engine/attempts/retry-after.ts';
import type { Receipt } from '../engine/state/receipts.ts';
import { RouterError } from '../errors.ts';
import type { FeatureHandle, IntentHandle } from './feature-handle.ts';
import type { OpenIntents } from './intent-handles.ts';
import { judgeSlot } from './slot.ts';

/** What the function of {@link Router.run} is given. */
export interface RunContext<ModelName extends string = string> {
  /** Configured name of the chosen model, and the provider's own. */
  readonly model: ModelName;
  readonly providerModel: string;
  /** Stops at the caller's abort, the attempt's time and the request's deadline. */
  readonly signal: AbortSignal;
  readonly intentId: string;
}

/** What it returns: a value, and either what was used (priced by the model's price) or what it cost. */
export type RunReply<Value> = { readonly value: Value } & (
  | { readonly usage: Usage; readonly costUsd?: never }
  | { readonly costUsd: number; readonly usage?: Usage }
);

export interface RunOptions<Feature extends FeatureConfig = FeatureConfig> {
  /** Default: an intent of its own. */
  readonly intent?: IntentHandle<Feature>;
  readonly signal?: AbortSignal;
}

export interface RunResult<Value, Feature extends FeatureConfig = FeatureConfig> {
  readonly value: Value;
  /** To say how it went. */
  readonly intent: IntentHandle<Feature>;
  readonly receipt: Receipt;
}

export interface RunArguments<Value, Feature extends FeatureConfig> {
  readonly engine: Engine;
  readonly intents: OpenIntents;
  readonly handle: FeatureHandle<Feature>;
  readonly call: (context: RunContext) => Promise<RunReply<Value>>;
  readonly options: RunOptions<Feature>;
}

/** Rejects with what the function threw last, when no attempt returned. */
export async function runRouted<Value, Feature extends FeatureConfig>(
  args: RunArguments<Value, Feature>,
): Promise<RunResult<Value, Feature>> {
  const { engine, handle, intents, options } = args;
  // Who has left already is asked for nothing.
  options.signal?.throwIfAborted();
  const intent = options.intent ?? handle.intent();
  const known = intents.options(intent.id);
  const request: RoutedRequest<RunReply<Value>> = {
    feature: engine.feature(handle.name),
    intentId: intent.id,
    isNew: intents.claim(intent.id) === 'made',
    isNamed: true,
    options: known ?? {},
    requirements: { capabilities: () => new Set() },
    signal: options.signal,
    judgeSlot: (model, node) => judgeSlot(handle.name, intent.id, model, node),
    exchange: async (model, signal) => exchangeOf(args, intent.id, model, signal),
  };
  const reply = await performRequest(engine, request);
  return { value: reply.value, intent, receipt: engine.receipts.find(reply) as Receipt };
}

const NEVER: AbortSignal = new AbortController().signal;

async function exchangeOf<Value, Feature extends FeatureConfig>(
  { call, options, engine }: RunArguments<Value, Feature>,
  intentId: string,
  model: ResolvedModel,
  signal: AbortSignal | undefined,
): Promise<Exchanged<RunReply<Value>>> {
  try {
    const reply = await call({
      model: model.name,
      providerModel: model.providerModel,
      signal: signal ?? NEVER,
      intentId,
    });
    return { status: 'ok', reply, answer: answerOf(reply) };
  } catch (error) {
    if (options.signal?.aborted === true) return { status: 'aborted', error };
    if (signal?.aborted === true) return { status: 'timeout', error };
    return faultOf(error, engine.runtime.nowMs());
  }
}

function answerOf<Value>(reply: RunReply<Value>): Answer {
  const { value, usage, costUsd } = reply;
  if (costUsd !== undefined && !(costUsd >= 0 && costUsd <= MAX_FACT_USD)) {
    throw new RouterError('invalid-value', `${costUsd} is no amount`, {
      path: 'run().costUsd',
      accepted: `USD from 0 to ${MAX_FACT_USD}`,
    });
  }
  if (costUsd === undefined && usage === undefined) {
    throw new RouterError('invalid-value', 'the function returned neither usage nor costUsd', {
      path: 'run()',
      accepted: '{ value, usage } or { value, costUsd }',
    });
  }
  const counts = Object.entries(usage ?? {});
  for (const [meter] of counts) checkMeter(meter);
  const reported = counts.filter(([, units]) => typeof units === 'number');
  // Counts that the vendor left out, or gave as something else, are no report of nothing.
  const isReported = costUsd !== undefined || (reported.length > 0 && reported.length === counts.length);
  return {
    usage: Object.fromEntries(reported),
    provenance: isReported ? 'reported' : 'estimated',
    finish: 'stop',
    hasToolCalls: false,
    text: typeof value === 'string' ? value : '',
    ...(typeof value === 'string' ? {} : { value }),
    ...(costUsd === undefined ? {} : { costNanoUsd: toNanoUsd(costUsd) }),
  };
}

const COUNTED: readonly string[] = [...METERS, 'reasoning'];

function checkMeter(meter: string): void {
  if (COUNTED.includes(meter)) return;
  throw new RouterError('invalid-value', `no meter is named "${meter}"`, { path: 'run().usage', accepted: COUNTED });
}

/** SDK errors carry a status, network errors a telling name or code; anything else is the function's own mistake. */
function faultOf(error: unknown, nowMs: number): Exchanged<never> {
  if (typeof error !== 'object' || error === null || RouterError.isInstance(error))
    return { status: 'rejected-request', error };
  const { status, headers } = error as { readonly status?: unknown; readonly headers?: unknown };
  if (typeof status === 'number') {
    if (!isRetryableHttpStatus(status)) return { status: 'rejected-request', error };
    const wait = headers instanceof Headers ? retryAfterMs(headers, nowMs) : undefined;
    return {
      status: 'provider-fault',
      error,
      httpStatus: status,
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    };
  }
  if (isNamed(error, TIMEOUTS)) return { status: 'timeout', error };
  return { status: isNamed(error, DISCONNECTIONS) || isNetwork(error) ? 'connection' : 'rejected-request', error };
}

/** The SDKs' own: these have no status, and no name but their class's. */
const TIMEOUTS: readonly string[] = ['TimeoutError', 'APIConnectionTimeoutError'];
const DISCONNECTIONS: readonly string[] = ['APIConnectionError'];

function isNamed(error: object, names: readonly string[]): boolean {
  const { name } = error as { readonly name?: unknown };
  return (
    names.includes(String(name)) ||
    names.includes((error.constructor as { readonly name?: string } | undefined)?.name ?? '')
  );
}

const NETWORK_CODE =
  /^(?:ECONN(?:REFUSED|RESET|ABORTED)|EPIPE|EPROTO|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|E(?:HOST|NET)(?:UNREACH|DOWN)|UND_ERR_\w+)$/;

/** A code of the network's, on the error or on what caused it. */
function isNetwork(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 4) return false;
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  return (typeof code === 'string' && NETWORK_CODE.test(code)) || isNetwork(cause, depth + 1);
}
