/**
 * Session traces: the requests of conversations, and what each model achieved with them. The format:
 * docs/conversations.md.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { accepting, fraction, listOf, objectWith, recordOf, text, wholeFromZero } from '../argument-checks.ts';
import { RouterError } from '../errors.ts';

/** One intent of a session. */
export interface TracedIntent {
  readonly session: string;
  readonly feature: string;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** The cost and the result that the reply of each model would have had, by model; at least one model. */
  readonly answers: Readonly<Record<string, TracedAnswer>>;
}

export interface TracedAnswer {
  /** 0 to 1; a fraction counts as the probability of success. */
  readonly success: number;
  /** The requests of the intent with this model: at least one. */
  readonly requests: readonly TracedRequest[];
}

/** Tokens that a request adds to the conversation so far, and those of its reply. */
export interface TracedRequest {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

const isSome = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;
const someAnswers = accepting('answers by at least one model', isSome);
const someRequests = accepting('a list of at least one request', isSome);
const requests = listOf(
  'a list of requests',
  objectWith<TracedRequest>({ inputTokens: wholeFromZero, outputTokens: wholeFromZero }),
);
const answer = objectWith<TracedAnswer>({
  success: fraction,
  requests(value, path) {
    requests(value, path);
    someRequests(value, path);
  },
});
const answers = recordOf('answers by model', answer);

/** @throws RouterError `invalid-value` */
export const checkTracedIntent = objectWith<TracedIntent>({
  session: text,
  feature: text,
  atMs: wholeFromZero,
  answers(value, path) {
    answers(value, path);
    someAnswers(value, path);
  },
});

/**
 * Reads a file of JSON lines, one intent each, in any order.
 *
 * @returns the intents by time, those of the same time as in the file
 * @throws RouterError `invalid-data` with the line and the member of the first mistake, or for a file without an intent; `invalid-value`
 */
export async function readSessionTraces(file: string): Promise<readonly TracedIntent[]> {
  text(file, 'readSessionTraces.file');
  const intents: TracedIntent[] = [];
  let row = 0;
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    row++;
    // Windows editors and shells may begin a file with a byte order mark.
    const json = row === 1 ? line.replace(/^\uFEFF/, '') : line;
    if (json.trim() !== '') intents.push(tracedIntent(json, `${file} line ${row}`));
  }
  if (intents.length === 0) throw new RouterError('invalid-data', 'the file has no intent', { path: file });
  return intents.toSorted((a, b) => a.atMs - b.atMs);
}

/** @throws RouterError `invalid-data` */
function tracedIntent(line: string, where: string): TracedIntent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new RouterError('invalid-data', 'this line is not JSON', {
      path: where,
      accepted: 'one intent in each line',
    });
  }
  try {
    checkTracedIntent(value, 'intent');
  } catch (cause) {
    // The original message names the member and what would be accepted.
    throw new RouterError('invalid-data', (cause as Error).message, { path: where, cause });
  }
  return value as TracedIntent;
}
