/** The immediate accept or reject of one reply: built-in checks, then schemas and functions in order. Validators fail open. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { BuiltInChecks, Validator, ValidatorFunction } from '../../config/application.ts';
import type { ResolvedFeature } from '../../config/resolved.ts';
import type { Verdict } from '../../core/ledger/vocabulary.ts';
import { errorLabel, RouterError } from '../../errors.ts';
import type { Answer } from './exchange.ts';
import type { Runtime } from '../../runtime.ts';

export interface VerdictContext {
  readonly model: string;
  readonly intentId: string;
  /** Returns the signal that is aborted when the request ends. Called only for a validator function, which may listen to it. */
  readonly signal: () => AbortSignal | undefined;
  readonly runtime: Runtime;
  readonly judgeModel: (name: string) => string;
  /** Called with the error of a validator that threw or did not answer in time. */
  readonly faulted: (error: unknown) => void;
}

const ACCEPTED_BY_CHECKS: Verdict = Object.freeze({ accepted: true, by: 'checks' });
const ACCEPTED_BY_SCHEMA: Verdict = Object.freeze({ accepted: true, by: 'schema' });

/** A reply and what its validators need. */
interface Judged {
  readonly feature: ResolvedFeature;
  readonly answer: Answer;
  /** The reply parsed as JSON; `undefined` when it is not JSON. */
  readonly json: unknown;
  readonly context: VerdictContext;
}

/**
 * The verdict on a reply; `undefined` when the feature configures no check and no validator, and for a reply that has not
 * ended yet (queued, paused). A promise only where a validator returns one: most schemas answer at once, and then there is
 * no time to limit.
 */
export function verdictOn(
  feature: ResolvedFeature,
  answer: Answer,
  context: VerdictContext,
): Verdict | Promise<Verdict> | undefined {
  if (!feature.hasVerdict || answer.finish === 'pending') return undefined;
  const { checks, validators } = feature;
  const wantsJson = checks.json === true || validators.length > 0;
  const json = answer.value === undefined && wantsJson ? parseJson(answer.text) : answer.value;
  const failed = failedCheck(checks, answer, json);
  if (failed !== undefined) return failed;
  try {
    const verdict = validateFrom(0, { feature, answer, json, context });
    return isPromise(verdict) ? within(feature.validateWithinMs, verdict, context) : verdict;
  } catch (error) {
    return failedOpen(error, context);
  }
}

function failedCheck(checks: BuiltInChecks, answer: Answer, json: unknown): Verdict | undefined {
  if (checks.refusal === true && answer.finish === 'refusal') return { accepted: false, by: 'refusal' };
  if (checks.cutOff === true && answer.finish === 'cut-off') return { accepted: false, by: 'cut-off' };
  if (checks.empty === true && isEmpty(answer)) return { accepted: false, by: 'empty' };
  if (checks.json === true && json === undefined && isDocument(answer)) {
    return { accepted: false, by: 'json', reason: 'the text is not JSON' };
  }
  return undefined;
}

/** True for a reply with nothing that the caller can use: no value, text, tool call, image, audio or other output. */
function isEmpty({ value, text, hasToolCalls, hasOtherOutput }: Answer): boolean {
  return value === undefined && !hasToolCalls && hasOtherOutput !== true && text.trim() === '';
}

/**
 * True for a reply that should be JSON. A tool call, an image or audio is not a document, and words beside a call only
 * introduce it.
 */
function isDocument({ text, hasToolCalls, hasOtherOutput }: Answer): boolean {
  return !hasToolCalls && (hasOtherOutput !== true || text.trim() !== '');
}

/** Returns the first rejection from validator number `index` on; if there is none, the last validator's verdict. */
function validateFrom(index: number, judged: Judged): Verdict | Promise<Verdict> {
  const { validators } = judged.feature;
  let last = ACCEPTED_BY_CHECKS;
  for (let i = index; i < validators.length; i++) {
    const verdict = ask(validators[i] as Validator, judged);
    if (isPromise(verdict)) return validateAfter(verdict, i + 1, judged);
    if (!verdict.accepted) return verdict;
    last = verdict;
  }
  return last;
}

async function validateAfter(pending: Promise<Verdict>, next: number, judged: Judged): Promise<Verdict> {
  const verdict = await pending;
  return !verdict.accepted || next === judged.feature.validators.length ? verdict : validateFrom(next, judged);
}

function ask(validator: Validator, judged: Judged): Verdict | Promise<Verdict> {
  return '~standard' in validator ? checkSchema(validator, judged) : askFunction(validator, judged);
}

function checkSchema(schema: StandardSchemaV1, { answer, json }: Judged): Verdict | Promise<Verdict> {
  if (answer.value === undefined && !isDocument(answer)) return ACCEPTED_BY_CHECKS;
  if (json === undefined) return { accepted: false, by: 'schema', reason: 'the text is not JSON' };
  const result = schema['~standard'].validate(json);
  return isPromise(result) ? result.then(schemaVerdict) : schemaVerdict(result);
}

function schemaVerdict({ issues }: StandardSchemaV1.Result<unknown>): Verdict {
  if (issues === undefined) return ACCEPTED_BY_SCHEMA;
  const where = issues[0]?.path?.map(part => String(typeof part === 'object' ? part.key : part)).join('.');
  // Only the path: a message may quote the reply, and the ledger keeps no completion text.
  return { accepted: false, by: 'schema', reason: `${issues.length} issue(s)${where ? `, first at ${where}` : ''}` };
}

function askFunction(
  validator: ValidatorFunction,
  { feature, answer, json, context }: Judged,
): Verdict | Promise<Verdict> {
  const result = validator({
    text: answer.text,
    json,
    finish: answer.finish,
    hasToolCalls: answer.hasToolCalls,
    model: context.model,
    feature: feature.name,
    intentId: context.intentId,
    judgeModel: context.judgeModel,
    signal: context.signal() ?? new AbortController().signal,
  });
  return isPromise(result) ? result.then(functionVerdict) : functionVerdict(result);
}

function functionVerdict(result: Awaited<ReturnType<ValidatorFunction>>): Verdict {
  if (typeof result === 'boolean') return { accepted: result, by: 'function' };
  const { accepted, reason } = result;
  if (typeof accepted !== 'boolean') {
    throw new RouterError('invalid-value', 'a validator returned neither a boolean nor a verdict', {
      path: 'validate',
      accepted: 'true, false or { accepted, reason }',
    });
  }
  return reason === undefined ? { accepted, by: 'function' } : { accepted, by: 'function', reason };
}

/** A validator that throws or times out fails open: we accept the reply and mark the verdict as `fault`. */
function failedOpen(error: unknown, context: VerdictContext): Verdict {
  context.faulted(error);
  return { accepted: true, by: 'fault', reason: errorLabel(error) };
}

/** The verdict, unless its time is up or the request ends first. */
async function within(ms: number, verdict: Promise<Verdict>, context: VerdictContext): Promise<Verdict> {
  const request = context.signal();
  let release = (): void => {};
  const late = new Promise<never>((_, reject) => {
    const cancel = context.runtime.after(ms, () =>
      reject(new RouterError('deadline-exceeded', `no verdict within ${ms} ms`)),
    );
    const over = (): void => reject(request?.reason as Error);
    request?.addEventListener('abort', over);
    if (request?.aborted === true) over();
    release = () => {
      cancel();
      request?.removeEventListener('abort', over);
    };
  });
  try {
    return await Promise.race([verdict, late]);
  } catch (error) {
    return failedOpen(error, context);
  } finally {
    release();
  }
}

function isPromise<Value>(value: Value | Promise<Value>): value is Promise<Value> {
  return typeof (value as { readonly then?: unknown } | null)?.then === 'function';
}

/** The text parsed as JSON, also when it is one fenced block; `undefined` when it is not JSON. */
function parseJson(text: string): unknown {
  const trimmed = text.trim();
  const fenced = trimmed.startsWith('```') ? /^```(?:json)?\s*\n([\s\S]*?)\n?```$/.exec(trimmed) : null;
  try {
    return JSON.parse(fenced?.[1] ?? trimmed) as unknown;
  } catch {
    return undefined;
  }
}
