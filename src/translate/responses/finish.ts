/** How a response of OpenAI's Responses API ended. */
import { field, stringField } from '../../wires/json-fields.ts';
import { finishWithCalls, unknownReason } from '../neutral/finish.ts';
import type { ReplyFinish } from '../neutral/reply.ts';

export interface ResponseContent {
  readonly hasToolCalls: boolean;
  readonly hasRefusal: boolean;
}

export function readFinish(response: unknown, { hasToolCalls, hasRefusal }: ResponseContent): ReplyFinish {
  const finish = finishWithCalls(said(response), hasToolCalls);
  return finish === 'stop' && hasRefusal ? 'refusal' : finish;
}

function said(response: unknown): ReplyFinish {
  const status = field(response, 'status');
  if (status === 'completed') return 'stop';
  if (status !== 'incomplete') return 'other';
  const reason = field(field(response, 'incomplete_details'), 'reason');
  if (reason === 'content_filter') return 'content-filter';
  return reason === 'max_output_tokens' ? 'length' : 'other';
}

const STATES: ReadonlySet<string | undefined> = new Set(['completed', 'incomplete']);
const CUT_OFF: ReadonlySet<string | undefined> = new Set(['content_filter', 'max_output_tokens']);

export function unreadFinish(response: unknown): readonly string[] {
  const [status, reason] = [
    stringField(response, 'status'),
    stringField(field(response, 'incomplete_details'), 'reason'),
  ];
  return [
    ...unknownReason('status', status, STATES.has(status)),
    ...unknownReason('incomplete_details.reason', reason, CUT_OFF.has(reason)),
  ];
}

const REASONS: Partial<Readonly<Record<ReplyFinish, string>>> = {
  length: 'max_output_tokens',
  'context-full': 'max_output_tokens',
  'content-filter': 'content_filter',
};

/** The fields of a response that say how it ended. */
export function writtenFinish(finish: ReplyFinish) {
  const reason = REASONS[finish];
  return reason === undefined
    ? ({ status: 'completed', incomplete_details: null } as const)
    : ({ status: 'incomplete', incomplete_details: { reason } } as const);
}
