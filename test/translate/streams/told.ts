/** What events tell, for comparison. */
import type { Usage } from '../../../src/core/ledger/usage.ts';
import type { ContentPart } from '../../../src/translate/neutral/conversation.ts';
import type { ReplyEvent, ReplyFinish } from '../../../src/translate/neutral/reply.ts';

export interface Told {
  readonly parts: readonly string[];
  readonly finish?: ReplyFinish;
  readonly stopSequence?: string;
  readonly usage?: Usage;
  readonly error?: string;
}

export function toldBy(events: readonly ReplyEvent[]): Told {
  const parts = events.flatMap(event => (event.on === 'close' ? [toldPart(event.part)] : []));
  const finish = events.find(event => event.on === 'finish');
  const usage = events.find(event => event.on === 'usage');
  const error = events.find(event => event.on === 'error');
  return {
    parts,
    ...(finish && { finish: finish.finish }),
    ...(finish?.stopSequence !== undefined && { stopSequence: finish.stopSequence }),
    ...(usage && { usage: usage.usage }),
    ...(error && { error: JSON.stringify(error.error) }),
  };
}

function toldPart(part: ContentPart): string {
  if (part.kind === 'tool-call') return `tool-call ${part.id} ${part.name} ${part.input}`;
  if (part.kind === 'reasoning') return `reasoning ${part.text} ${JSON.stringify(part.sealed)}`;
  return `${part.kind} ${'text' in part ? part.text : ''}`;
}

/** Throws if the events are in an order that no writer can rely on, or if the pieces of a text do not add up to it. */
export function checkOrder(events: readonly ReplyEvent[]): void {
  const said = events.filter(event => event.on !== 'ping');
  let open = -1;
  let next = 0;
  let text = '';
  for (const [index, event] of said.entries()) {
    const isLast = index === said.length - 1;
    if ((event.on === 'end' || event.on === 'error') !== isLast) throw new Error(`${event.on} at ${index}`);
    if ((event.on === 'start') !== (index === 0) && event.on !== 'error') throw new Error(`${event.on} at ${index}`);
    if (event.on === 'open') {
      if (open >= 0 || event.at !== next) throw new Error(`part ${event.at} begins while ${open} is open`);
      open = event.at;
      next += 1;
      text = '';
    } else if (event.on === 'piece') {
      if (event.at !== open || event.piece === '') throw new Error(`a piece of ${event.at} while ${open} is open`);
      text += event.piece;
    } else if (event.on === 'close') {
      const whole = event.part.kind === 'tool-call' ? event.part.input : 'text' in event.part ? event.part.text : '';
      if (event.at !== open || whole !== text) throw new Error(`part ${event.at} closes with ${whole}, not ${text}`);
      open = -1;
    } else if (event.on === 'finish' && open >= 0) throw new Error('the reply ends with an open part');
  }
}
