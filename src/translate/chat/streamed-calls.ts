/** The tool calls of a stream of chat completion chunks, whose pieces may come for several at once. */
import { field, stringField } from '../../wires/json-fields.ts';
import type { NeutralStream } from '../neutral/event-reader.ts';
import { brokenStream } from '../neutral/event-reader.ts';
import type { StreamedPart } from '../neutral/part-order.ts';
import { objectEnd } from './object-end.ts';

interface StreamedCall {
  readonly index: unknown;
  readonly form: 'json' | 'free';
  id: string | undefined;
  name: string | undefined;
  /** What came before its name and id. */
  early: string;
  part: StreamedPart | undefined;
  isWhole: boolean;
  readonly hasEnded: (piece: string) => boolean;
}

/** The call that an entry is of. */
export interface ReadCall {
  /** It begins with this entry. */
  readonly isNew: boolean;
  /** Says the next piece of its arguments. */
  say(piece: string): void;
}

export interface StreamedCalls {
  /** Reads one entry of `tool_calls`. */
  read(entry: unknown): ReadCall;
  /** Another part begins: a call whose arguments are whole is over. The others may still go on, and the part waits. */
  closeWhole(): void;
  /** @param madeId the id of a call that has none, by its place */
  closeAll(options: { readonly isCutOff: boolean; readonly madeId: (place: number) => string }): void;
  readonly hasAny: boolean;
}

export function streamedCalls({ parts, fail }: NeutralStream): StreamedCalls {
  const calls: StreamedCall[] = [];

  /** The call that an entry goes on with. Some vendors leave the index out, or give all calls the same one. */
  function callOf(entry: unknown, id: string | undefined): StreamedCall | undefined {
    const index = field(entry, 'index');
    const same = calls.findLast(call =>
      index === undefined ? id === undefined || call.id === id : call.index === index,
    );
    return id !== undefined && same?.id !== undefined && same.id !== id ? undefined : same;
  }

  function begin(entry: unknown): StreamedCall {
    closeWhole();
    const form = field(entry, 'custom') instanceof Object ? 'free' : 'json';
    const call: StreamedCall = {
      index: field(entry, 'index'),
      form,
      id: undefined,
      name: undefined,
      early: '',
      part: undefined,
      isWhole: false,
      hasEnded: objectEnd(),
    };
    calls.push(call);
    return call;
  }

  /** Begins the parts of all calls that are known well enough, in order. */
  function beginKnown(): void {
    for (const call of calls) {
      if (call.part !== undefined) continue;
      if (call.id === undefined || call.name === undefined) return;
      call.part = parts.begin({ kind: 'tool-call', id: call.id, name: call.name, form: call.form, input: '' });
      parts.say(call.part, call.early);
    }
  }

  function say(call: StreamedCall, piece: string): void {
    // Some servers send the arguments again when they are complete.
    if (call.isWhole && piece === (call.part?.said ?? call.early)) return;
    if (call.part?.isClosed === true) {
      if (piece.trim() !== '') fail(brokenStream(`Arguments of the call ${call.name} follow their end.`));
      return;
    }
    if (call.form === 'json' && !call.isWhole) call.isWhole = call.hasEnded(piece);
    if (call.part === undefined) call.early += piece;
    else parts.say(call.part, piece);
    // What waits behind it need not wait for the end of the stream.
    if (call.isWhole && call.part !== undefined && call !== calls.at(-1)) parts.close(call.part);
  }

  function closeWhole(): void {
    for (const { part, isWhole } of calls) if (isWhole && part !== undefined) parts.close(part);
  }

  return {
    read(entry) {
      const id = stringField(entry, 'id') || undefined;
      const known = callOf(entry, id);
      const call = known ?? begin(entry);
      const written = field(entry, 'function') ?? field(entry, 'custom');
      call.id ??= id;
      call.name ??= stringField(written, 'name') || undefined;
      if (call.part === undefined) beginKnown();
      const input = field(written, 'arguments') ?? field(written, 'input') ?? '';
      say(call, typeof input === 'string' ? input : JSON.stringify(input));
      return { isNew: known === undefined, say: piece => say(call, piece) };
    },
    closeWhole,
    closeAll({ isCutOff, madeId }) {
      for (const [place, call] of calls.entries()) {
        if (call.name === undefined) return fail(brokenStream('A tool call of the stream has no name.'));
        call.id ??= madeId(place);
      }
      beginKnown();
      for (const { part, isWhole } of calls)
        if (part !== undefined) parts.close(part, { isCutOff: isCutOff && !isWhole });
    },
    get hasAny() {
      return calls.length > 0;
    },
  };
}
