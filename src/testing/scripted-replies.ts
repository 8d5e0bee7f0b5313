/** Replies that a test has scripted for the fake provider, each used once and in order. */
import type { FakeAudio, PlannedReply } from './fake-api.ts';
import type { FakeModel, PlanOptions, TokenCounts } from './fake-model.ts';
import { planReply } from './fake-model.ts';
import type { FakeCount } from './fake-count.ts';
import type { FakeDelivery } from './fake-delivery.ts';
import { errorOfFault, isError } from './fake-refusals.ts';
import type { FakeStatements } from './fake-statements.ts';
import { totalsOf } from './fake-statements.ts';
import type { FakeFault } from './faults.ts';
import type { LoggedRequest } from './request-log.ts';

/** One scripted reply, in full. Without a `fault`, the reply is sent with status 200. */
export interface ScriptedReply extends FakeStatements {
  /** The model whose next request gets this reply. Default: the next request to any model. */
  readonly model?: string;
  /** The whole visible text, exactly: no marker before it, no limit and no schema of the request applied. Default `''`. */
  readonly text?: string;
  /** The model declines with this text. */
  readonly refusal?: string;
  /** Tools that the model calls, with their arguments as a value (sent as JSON). */
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: unknown }[];
  /** An image in base64. Chat Completions and Responses send it; Messages has no reply with an image. */
  readonly image?: string;
  /** Speech in base64, and the spoken text. Only Chat Completions sends it. */
  readonly audio?: FakeAudio;
  /** The model has paused its turn during a search of the provider's own: `pause_turn`. Only Messages can state this. */
  readonly paused?: boolean;
  /** Replaces the model's own counts, meter by meter. If neither sets the output: characters of the text ÷ 4. */
  readonly tokens?: TokenCounts;
  /** Milliseconds before the reply. Default: the model's own. */
  readonly latencyMs?: FakeCount;
  /**
   * The fault. An error or a reset replaces the reply; `cut`, `truncate` and the like cut this reply short, or the model's own
   * if the script has no text.
   */
  readonly fault?: FakeFault;
  /** How the reply is sent: content type, compression, headers … Default: the model's own. */
  readonly delivery?: FakeDelivery;
}

/**
 * A scripted reply, in short or in full: a text, an error status from 400 (an error in the provider's own words), a
 * fault, or a {@link ScriptedReply}.
 */
export type Script = string | number | FakeFault | ScriptedReply;

export interface ReplyQueue {
  add(scripts: readonly Script[]): void;
  /** Takes the first reply that is scripted for this model, or for any. */
  take(request: LoggedRequest): ScriptedReply | undefined;
  readonly length: number;
}

export function replyQueue(): ReplyQueue {
  const queue: ScriptedReply[] = [];
  return {
    add(scripts) {
      queue.push(...scripts.map(inFull));
    },
    take(request) {
      const index = queue.findIndex(
        ({ model, ...reply }) => (model ?? request.model) === request.model && hasReplyTo(reply, request),
      );
      return index < 0 ? undefined : queue.splice(index, 1)[0];
    },
    get length() {
      return queue.length;
    },
  };
}

/** A fault about a parameter does not apply to a request without it: it waits for one that has it. */
function hasReplyTo(script: Omit<ScriptedReply, 'model'>, request: LoggedRequest): boolean {
  return !isError(script.fault) || errorOfFault(script.fault, request) !== undefined || hasContent(script);
}

function hasContent({ text, refusal, toolCalls, image, audio, paused, items, declined }: ScriptedReply): boolean {
  return [text, refusal, toolCalls, image, audio, paused, items, declined].some(part => part !== undefined);
}

function inFull(script: Script): ScriptedReply {
  if (typeof script === 'string') return { text: script };
  if (typeof script === 'number') return { fault: { kind: 'status', status: script } };
  return 'kind' in script ? { fault: script } : script;
}

/**
 * The reply as scripted. Its `solved` is undefined, since the script does not say whether it solves the task. A fault without
 * a text cuts the model's own reply short.
 */
export function planScripted(script: ScriptedReply, options: PlanOptions): PlannedReply {
  const { model, request } = options;
  const { text = '', refusal, toolCalls = [], image, audio, paused = false } = script;
  const calls = toolCalls.map(call => ({ name: call.name, arguments: JSON.stringify(call.arguments) }));
  const written = [text, refusal ?? '', audio?.transcript ?? '', ...calls.map(call => call.arguments)].join('');
  const isOwn = script.fault !== undefined && !hasContent(script);
  const tokens: FakeModel['tokens'] = task => ({
    ...(isOwn ? {} : { output: Math.ceil(written.length / 4) }),
    ...(typeof model.tokens === 'function' ? model.tokens(task) : model.tokens),
    ...totalsOf(script.calls ?? []),
    ...script.tokens,
  });
  if (isOwn) return { ...planReply({ ...options, model: { ...model, tokens } }), states: script };
  const whole = { ...request, maxOutputTokens: undefined, tools: [], schema: undefined };
  const plan = planReply({ ...options, model: { ...model, tokens }, request: whole });
  const isRefusal = refusal !== undefined || script.declined !== undefined;
  const finish = isRefusal ? 'refusal' : calls.length > 0 ? 'tool-calls' : paused ? 'pause' : 'stop';
  const said = refusal === undefined ? text : '';
  return { ...plan, text: said, refusal, toolCalls: calls, image, audio, finish, solved: undefined, states: script };
}
