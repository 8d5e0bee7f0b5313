/**
 * The differences of a candidate of another API that an application may see: two lists. Everything else must be as with the client's own.
 */
import type { Api } from '../../src/translate/neutral/conversation.ts';

/** Fields of replies that are absent or have another value, and why. */
export const DIFFERENT_FIELDS: Readonly<Record<string, string>> = {
  created: 'this process’s time',
  created_at: 'this process’s time',
  completed_at: 'this process’s time',
  service_tier: 'each vendor has tiers of its own',
  system_fingerprint: 'each vendor has versions of its own',
  audio_tokens: 'other APIs do not count them',
  accepted_prediction_tokens: 'other APIs do not count them',
  rejected_prediction_tokens: 'other APIs do not count them',
  store: 'no vendor keeps a translated reply',
  path: 'the address is the one that answered',
};

/** Probes that cannot hold, and why. */
export type Exceptions = Readonly<Record<string, string>>;

const OWN_HEADERS = 'a client’s own headers are for its own endpoint: no other one gets them';
const BROKEN = 'a stream that ends early is an error event, also where the vendor’s own client notices nothing';
const NOT_KEPT = 'no vendor keeps a translated reply, so that none can be named or retrieved';
const NO_COUNTER = 'chat completions have no counter of tokens: the answer is an estimate, and nothing is sent';
const THINKING = 'OpenAI does not show the text of reasoning';

const KEPT_REPLY = 'a conversation kept at the provider continues with the model that began it';
const CLONE = 'a clone made by `withOptions` is routed';
const BREAKS_OFF = 'a stream that breaks off ends for the caller in the same way as without the router';
const THINKING_STREAM = '`stream()` gives the same response, thinking and tool call as without the router';

export const OPENAI_PROBES = {
  count: 37,
  exceptions: {
    'anthropic-messages': { [CLONE]: OWN_HEADERS, [BREAKS_OFF]: BROKEN, [KEPT_REPLY]: NOT_KEPT },
    'openai-chat': { [CLONE]: OWN_HEADERS, [KEPT_REPLY]: NOT_KEPT },
    'openai-responses': {
      [CLONE]: OWN_HEADERS,
      [BREAKS_OFF]: BROKEN,
      'a deeply frozen request is not changed':
        'a request with `stop` has no candidate: responses do not stop at a text',
    },
  } satisfies Partial<Record<Api, Exceptions>>,
};

export const ANTHROPIC_PROBES = {
  count: 22,
  exceptions: {
    'openai-chat': {
      [CLONE]: OWN_HEADERS,
      [BREAKS_OFF]: BROKEN,
      [THINKING_STREAM]: THINKING,
      '`countTokens` of a feature is answered by its first candidate, and nothing is recorded': NO_COUNTER,
      '`countTokens` of an intent is answered by the intent’s model': NO_COUNTER,
    },
    'openai-responses': { [CLONE]: OWN_HEADERS, [BREAKS_OFF]: BROKEN, [THINKING_STREAM]: THINKING },
  } satisfies Partial<Record<Api, Exceptions>>,
};

/** Of the headers, the client gets those that both vendors' clients read. */
const SAME_HEADERS: ReadonlySet<unknown> = new Set(['content-type', 'x-request-id', 'request-id']);

/** Ids of vendors and of the router. */
const ID = /^(?:chatcmpl|resp|msg|call|toolu|fc|rs|req)[-_][\w-]+$/;

/** The value without the differences, and with numbers for ids, in the order in which they occur. */
export function withoutDifferences(value: unknown): unknown {
  const ids = new Map<string, string>();

  function without(part: unknown): unknown {
    if (typeof part === 'string') return withoutIn(part);
    if (Array.isArray(part)) return part.map(without);
    if (typeof part !== 'object' || part === null) return part;
    const members = Object.entries(part).filter(([name, member]) => !isDifferent(part, name, member));
    return Object.fromEntries(
      members.map(([name, member]) => [name, name === 'headers' ? sameHeaders(member) : without(member)]),
    );
  }

  function withoutIn(text: string): unknown {
    if (ID.test(text)) {
      if (!ids.has(text)) ids.set(text, `id ${ids.size}`);
      return ids.get(text);
    }
    if (!/^[[{]/.test(text)) return text;
    try {
      return text
        .trim()
        .split('\n')
        .map(line => without(JSON.parse(line)));
    } catch {
      return text;
    }
  }

  return without(value);
}

function isDifferent(of: object, name: string, value: unknown): boolean {
  if (DIFFERENT_FIELDS[name] !== undefined) return true;
  switch (name) {
    case 'content':
    case 'parsed':
      // The first chunk of chat completions is written before it is known whether a text follows.
      return value === '' || value === null;
    case 'usage':
      // Before the end of a stream, OpenAI sends no token counts, and Anthropic sends only that of the input.
      return 'stop_reason' in of && of.stop_reason === null;
    case 'message':
    case 'code':
    case 'param':
    case 'type':
      // Each vendor has its own texts for an error; class and status are the same.
      return 'class' in of && 'status' in of && of.status !== undefined;
    default:
      return false;
  }
}

function sameHeaders(headers: unknown): unknown {
  const same = (headers as readonly (readonly string[])[]).filter(([name]) => SAME_HEADERS.has(name));
  // The client of each vendor has its own name for the id.
  return Object.fromEntries(same.map(([name = '', value]) => [name.replace(/^x-/, ''), value]));
}

/** How many events come before the first piece of a streamed text, in the streams of the fake provider. */
export const EVENTS_BEFORE_TEXT: Readonly<Record<Api, number>> = {
  'openai-chat': 1,
  'openai-responses': 4,
  'anthropic-messages': 3,
};
