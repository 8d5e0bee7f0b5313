/**
 * Warns about what translation leaves out of requests, replies or candidates: once per router for each feature, model and
 * field.
 */
import type { Engine } from '../engine/engine.ts';
import { warning } from '../engine/state/fault-warnings.ts';
import { RouterError } from '../errors.ts';
import { clientParam } from '../translate/errors.ts';
import type { Api } from '../translate/neutral/conversation.ts';
import type { Finding } from '../translate/neutral/translator.ts';

type Told = Pick<Engine, 'faulted' | 'observers'>;

export interface LeftOutFindings {
  readonly feature: string;
  /** Configured name of the candidate. */
  readonly model: string;
  readonly of: 'request' | 'reply';
  readonly findings: readonly Finding[];
}

const told = new WeakMap<Told, Set<string>>();

/** Limit on remembered warnings: servers choose the names of the fields in their replies. */
const MAX_TOLD = 1_000;

/** Limit on the fields that one warning names. */
const MAX_NAMED = 5;

function toldBy(engine: Told): Set<string> {
  const known = told.get(engine) ?? new Set<string>();
  told.set(engine, known);
  return known;
}

/** Warns of fields that were left out. Every receipt lists them too; the warning is for an application that reads no receipts. */
export function tellLeftOut(engine: Told, { feature, model, of, findings }: LeftOutFindings): void {
  const known = toldBy(engine);
  const fieldsByReason = new Map<string, string[]>();
  for (const { path, reason } of findings) {
    // `messages[0].name` and `messages[3].name` are one field: `messages[].name`.
    const field = path.replaceAll(/\[\d+\]/g, '[]');
    const key = JSON.stringify([feature, model, of, field]);
    if (known.has(key) || known.size >= MAX_TOLD) continue;
    known.add(key);
    const fields = fieldsByReason.get(reason) ?? [];
    fieldsByReason.set(reason, [...fields, `\`${field}\``]);
  }
  // A schema may have dozens of keywords of one kind.
  for (const [reason, fields] of fieldsByReason) {
    const what =
      of === 'request' ? `"${model}" gets requests of "${feature}"` : `replies of "${model}" reach "${feature}"`;
    const more = fields.length > MAX_NAMED ? ` and ${fields.length - MAX_NAMED} more` : '';
    const error = new RouterError(
      'invalid-value',
      `${what} without ${fields.slice(0, MAX_NAMED).join(', ')}${more}: ${reason}`,
      {
        path: `features[${JSON.stringify(feature)}].candidates`,
        accepted: 'what every candidate’s API has fields for; `dropped` of a receipt has the rest',
      },
    );
    warning(engine.observers, { code: 'LEFT_OUT_BY_TRANSLATION', says: label => label })(error);
    engine.faulted({ where: 'wire', feature, error });
  }
}

/**
 * Warns about a candidate that is never used for the Responses API: a reply that its vendor stores by default is unknown
 * to any other API.
 */
export function tellStored(
  engine: Told,
  { feature, model }: { readonly feature: string; readonly model: string },
): void {
  const known = toldBy(engine);
  const key = JSON.stringify([feature, model, 'store']);
  if (known.has(key) || known.size >= MAX_TOLD) return;
  known.add(key);
  const error = new RouterError(
    'wrong-provider',
    `"${model}" gets no requests of "${feature}" from this client of the Responses API: their replies are to be stored`,
    {
      path: `features[${JSON.stringify(feature)}].stateless`,
      accepted: '`stateless: true` where no request names an earlier reply, or requests with `store: false`',
    },
  );
  warning(engine.observers, { code: 'CANDIDATES_OUT_OF_REACH', says: label => label })(error);
  engine.faulted({ where: 'wire', feature, error });
}

interface ClientWords {
  /** Findings that translation has already reported, in the client's terms. */
  readonly told: readonly Finding[];
  readonly from: Api;
  readonly to: Api;
}

/**
 * Fields of a translated request that a model's own parameters have removed, in the client's terms, without the findings that were reported
 * already.
 */
export function clientFindings(
  removed: readonly Finding[],
  { told: known, from, to }: ClientWords,
): readonly Finding[] {
  return removed.flatMap(finding => {
    const path = clientParam(finding.path, { from, to });
    const isKnown = known.some(each => each.path === path || each.path.startsWith(`${path}.`));
    return path === null || isKnown ? [] : [{ ...finding, path }];
  });
}

/** A field's name is a word; anything else may quote a reply, and is not shown. */
const WORD = /^[\w.:-]{1,64}$/;

/** A part of a reply for which the client's API has no field. @param name the vendor's name of the part */
export function leftOutOfReply(name: string): Finding {
  return {
    path: WORD.test(name) ? name : 'unknown content',
    mark: 'preference',
    reason: 'the client’s API has no field for this part of the reply',
  };
}
