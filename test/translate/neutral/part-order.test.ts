import { describe, expect, test } from 'vitest';
import type { ContentPart } from '../../../src/translate/neutral/conversation.ts';
import { MAX_REPLY_CHARS, partOrder } from '../../../src/translate/neutral/part-order.ts';
import type { ReplyEvent } from '../../../src/translate/neutral/reply.ts';

const text: ContentPart = { kind: 'text', text: '' };
const call = (id: string): ContentPart => ({ kind: 'tool-call', id, name: 'f', form: 'json', input: '' });

function recorded() {
  const events: ReplyEvent[] = [];
  const failures: string[] = [];
  const parts = partOrder(
    event => events.push(event),
    reason => failures.push(reason),
  );
  const said = () =>
    events.map(event => ('piece' in event ? event.piece : 'at' in event ? `${event.on} ${event.at}` : event.on));
  return { parts, events, failures, said };
}

describe('the order of parts', () => {
  test('pieces of a part wait while an earlier part is open, and are then written as one piece', () => {
    const { parts, said } = recorded();
    const first = parts.begin(call('a'));
    const second = parts.begin(call('b'));
    parts.say(second, '2');
    parts.say(first, '1');
    parts.say(second, '3');
    expect(said()).toEqual(['open 0', '1']);
    parts.close(first);
    expect(said()).toEqual(['open 0', '1', 'close 0', 'open 1', '23']);
    parts.say(second, '4');
    parts.close(second);
    expect(said().slice(5)).toEqual(['4', 'close 1']);
  });

  test('parts that end while an earlier part is open follow in the order in which they began', () => {
    const { parts, said } = recorded();
    const first = parts.begin(call('a'));
    const second = parts.begin(call('b'));
    const third = parts.begin(call('c'));
    parts.say(third, '3');
    parts.close(third);
    parts.close(second, { isCutOff: true });
    parts.say(first, '1');
    parts.close(first);
    expect(said()).toEqual(['open 0', '1', 'close 0', 'open 1', 'close 1', 'open 2', '3', 'close 2']);
  });

  test('a closing event has the whole part, with the facts that its stream reported beside the pieces', () => {
    const { parts, events } = recorded();
    const owner = { api: 'anthropic-messages' } as const;
    const thinking = parts.begin({ kind: 'reasoning', text: '', owner, sealed: [] });
    parts.say(thinking, 'Hm');
    parts.say(thinking, 'm.');
    parts.close(thinking, { whole: { kind: 'reasoning', text: '', owner, sealed: ['seal'] } });
    expect(events.at(-1)).toEqual({
      on: 'close',
      at: 0,
      part: { kind: 'reasoning', text: 'Hmm.', owner, sealed: ['seal'] },
    });
  });

  test('a part without text is left out, and a part whose text comes late is not', () => {
    const { parts, said } = recorded();
    parts.close(parts.begin(text));
    const late = parts.begin(text);
    expect(said()).toEqual([]);
    parts.say(late, 'a');
    parts.closeAll();
    expect(said()).toEqual(['open 0', 'a', 'close 0']);
  });

  test('a call without arguments has an empty object as its input, unless it was cut off', () => {
    const { parts, events } = recorded();
    parts.close(parts.begin(call('a')));
    parts.close(parts.begin(call('b')), { isCutOff: true });
    const inputs = events.flatMap(event =>
      event.on === 'close' && event.part.kind === 'tool-call' ? [event.part.input] : [],
    );
    expect(inputs).toEqual(['{}', '']);
  });

  test('a repeated whole text adds only the characters that no piece has brought', () => {
    const { parts, said } = recorded();
    const part = parts.begin(text);
    parts.say(part, 'ab');
    parts.sayWhole(part, 'abcd');
    parts.sayWhole(part, 'abcd');
    parts.sayWhole(part, 'another text');
    expect(said()).toEqual(['open 0', 'ab', 'cd']);
  });

  test('a reply that is larger than the memory limit fails', () => {
    const { parts, failures } = recorded();
    const part = parts.begin(text);
    const half = 'a'.repeat(MAX_REPLY_CHARS / 2);
    parts.say(part, half);
    parts.say(part, half);
    expect(failures).toEqual([]);
    parts.say(part, 'a');
    expect(failures).toEqual([`The reply is longer than ${MAX_REPLY_CHARS} characters.`]);
  });
});
