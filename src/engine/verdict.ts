/** The immediate accept or reject of one reply: built-in checks, then schemas and functions in order. Fails open. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { BuiltInChecks, CheckedReply, Validator, ValidatorFunction } from '../config/application.ts';
import type { ResolvedFeature } from '../config/resolved.ts';
import type { Verdict } from '../core/vocabulary.ts';
import type { Answer } from './exchange.ts';
import type { Runtime } from './runtime.ts';

export interface VerdictContext {
  readonly model: string;
  readonly intentId: string;
  readonly signal: AbortSignal | undefined;
  readonly runtime: Runtime;
  readonly judgeModel: (name: string) => string;
  /** Told of a validator that threw or did not answer in time. */
  readonly faulted: (error: unknown) => void;
}

const ACCEPTED_BY_CHECKS: Verdict = Object.freeze({ accepted: true, by: 'checks' });

/** The verdict on a reply; `undefined` when nothing is configured that could reject one. */
export async function verdictOn(
  feature: ResolvedFeature,
  answer: Answer,
  context: VerdictContext,
): Promise<Verdict | undefined> {
  if (!feature.hasVerdict) return undefined;
  const failed = failedCheck(feature.checks, answer);
  if (failed !== undefined) return failed;
  if (feature.validators.length === 0) return ACCEPTED_BY_CHECKS;
  return within(feature.validateWithinMs, validateAll(feature, answer, context), context);
}

function failedCheck(checks: BuiltInChecks, answer: Answer): Verdict | undefined {
  if (checks.refusal === true && answer.finish === 'refusal') return { accepted: false, by: 'refusal' };
  if (checks.cutOff === true && answer.finish === 'cut-off') return { accepted: false, by: 'cut-off' };
  if (checks.empty === true && !answer.hasToolCalls && isEmpty(answer)) return { accepted: false, by: 'empty' };
  if (checks.json === true && answer.value === undefined && parseJson(answer.text) === undefined) {
    return { accepted: false, by: 'json', reason: 'the text is not JSON' };
  }
  return undefined;
}

function isEmpty(answer: Answer): boolean {
  return answer.value === undefined && answer.text.trim() === '';
}

async function validateAll(feature: ResolvedFeature, answer: Answer, context: VerdictContext): Promise<Verdict> {
  const json = answer.value === undefined ? parseJson(answer.text) : answer.value;
  let last: Verdict = ACCEPTED_BY_CHECKS;
  for (const validator of feature.validators) {
    last = isSchema(validator)
      ? await checkSchema(validator, json)
      : await askFunction(validator, {
          text: answer.text,
          json,
          finish: answer.finish,
          hasToolCalls: answer.hasToolCalls,
          model: context.model,
          feature: feature.name,
          intentId: context.intentId,
          judgeModel: context.judgeModel,
          signal: context.signal ?? NEVER,
        });
    if (!last.accepted) return last;
  }
  return last;
}

const NEVER: AbortSignal = new AbortController().signal;

function isSchema(validator: Validator): validator is StandardSchemaV1 {
  return '~standard' in validator;
}

async function checkSchema(schema: StandardSchemaV1, json: unknown): Promise<Verdict> {
  if (json === undefined) return { accepted: false, by: 'schema', reason: 'the text is not JSON' };
  const { issues } = await schema['~standard'].validate(json);
  if (issues === undefined) return { accepted: true, by: 'schema' };
  const where = issues[0]?.path?.map(part => String(typeof part === 'object' ? part.key : part)).join('.');
  // The path only: a message may quote the reply, and the ledger keeps no completion text.
  return { accepted: false, by: 'schema', reason: `${issues.length} issue(s)${where ? `, first at ${where}` : ''}` };
}

async function askFunction(validator: ValidatorFunction, reply: CheckedReply): Promise<Verdict> {
  const result = await validator(reply);
  if (typeof result === 'boolean') return { accepted: result, by: 'function' };
  return {
    accepted: result.accepted,
    by: 'function',
    ...(result.reason === undefined ? {} : { reason: result.reason }),
  };
}

/** A validator that throws or takes too long cannot be told from a good reply: accept, and say that it was a fault. */
async function within(ms: number, verdict: Promise<Verdict>, context: VerdictContext): Promise<Verdict> {
  let cancel = (): void => {};
  const late = new Promise<never>((_, reject) => {
    cancel = context.runtime.after(ms, () => reject(new Error(`no verdict within ${ms} ms`)));
  });
  try {
    return await Promise.race([verdict, late]);
  } catch (error) {
    context.faulted(error);
    return { accepted: true, by: 'fault', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    cancel();
  }
}

/** The text as JSON, a fenced block included; `undefined` when it is none. */
function parseJson(text: string): unknown {
  const trimmed = text.trim();
  const fenced = /^```(?:json)?\s*\n([\s\S]*?)\n?```$/.exec(trimmed);
  try {
    return JSON.parse(fenced?.[1] ?? trimmed) as unknown;
  } catch {
    return undefined;
  }
}
