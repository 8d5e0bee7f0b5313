/** The tool calls of a stream of chat completion chunks. Pieces of several calls may alternate. */
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
  /** Arguments that came before the call's name and id. */
  early: string;
  part: StreamedPart | undefined;
  isWhole: boolean;
  readonly hasEnded: (piece: string) => boolean;
}

/** The members of an entry of `tool_calls` other than its piece of the arguments. */
interface CallEntry {
  readonly index: unknown;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly form: 'json' | 'free';
}

/** The call that an entry belongs to. */
export interface ReadCall {
  /** The call begins with this entry. */
  readonly isNew: boolean;
  /** Reads the same entry with another piece of arguments. */
  say(piece: string): void;
}

export interface StreamedCalls {
  /** Reads one entry of `tool_calls`. */
  read(entry: unknown): ReadCall;
  /**
   * To be called when another part begins: calls whose arguments are complete end. Others may continue, and the new part waits.
   */
  closeWhole(): void;
  closeAll(options: { readonly isCutOff: boolean }): void;
  readonly hasAny: boolean;
}

function saidOf(call: StreamedCall): string {
  return call.part?.said ?? call.early;
}

/** @param madeId creates the id of a call that has none, from its place */
export function streamedCalls({ parts, fail }: NeutralStream, madeId: (place: number) => string): StreamedCalls {
  const calls: StreamedCall[] = [];

  /** The call that an entry continues. Some vendors omit the index, or give all calls the same one. */
  function callOf({ index, id, name }: CallEntry, piece: string): StreamedCall | undefined {
    const same = calls.findLast(call =>
      index === undefined ? id === undefined || call.id === id : call.index === index,
    );
    if (same === undefined) return undefined;
    if (id !== undefined) return same.id !== undefined && same.id !== id ? undefined : same;
    // Without an id, a name after a complete call begins another one, unless it repeats the same call.
    const goesOn = name === undefined || (name === same.name && (piece === '' || piece === saidOf(same)));
    return goesOn || !same.isWhole ? same : undefined;
  }

  function begin({ index, form }: CallEntry): StreamedCall {
    closeWhole();
    const call: StreamedCall = {
      index,
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

  /** Begins the parts of all calls whose name and id are known, in order. */
  function beginKnown(): void {
    for (const [place, call] of calls.entries()) {
      if (call.part !== undefined) continue;
      if (call.id === undefined || call.name === undefined) return;
      // A result refers to its call by id, so an id that an earlier call has is replaced.
      const isTaken = calls.slice(0, place).some(({ id }) => id === call.id);
      const id = isTaken ? madeId(place) : call.id;
      call.part = parts.begin({ kind: 'tool-call', id, name: call.name, form: call.form, input: '' });
      parts.say(call.part, call.early);
    }
  }

  function say(call: StreamedCall, piece: string): void {
    // Some servers repeat the arguments when they are complete.
    if (call.isWhole && piece === saidOf(call)) return;
    if (call.part?.isClosed === true) {
      if (piece.trim() !== '') fail(brokenStream(`Arguments of the call ${call.name} follow their end.`));
      return;
    }
    if (call.form === 'json' && !call.isWhole) call.isWhole = call.hasEnded(piece);
    if (call.part === undefined) call.early += piece;
    else parts.say(call.part, piece);
    // The parts that wait behind this call need not wait for the end of the stream.
    if (call.isWhole && call.part !== undefined && call !== calls.at(-1)) parts.close(call.part);
  }

  function closeWhole(): void {
    for (const { part, isWhole } of calls) if (isWhole && part !== undefined) parts.close(part);
  }

  function readPiece(entry: CallEntry, piece: string): boolean {
    const known = callOf(entry, piece);
    const call = known ?? begin(entry);
    call.id ??= entry.id;
    call.name ??= entry.name;
    if (call.part === undefined) beginKnown();
    say(call, piece);
    return known === undefined;
  }

  return {
    read(given) {
      const written = field(given, 'function') ?? field(given, 'custom');
      const entry: CallEntry = {
        index: field(given, 'index'),
        id: stringField(given, 'id') || undefined,
        name: stringField(written, 'name') || undefined,
        form: field(given, 'custom') instanceof Object ? 'free' : 'json',
      };
      const input = field(written, 'arguments') ?? field(written, 'input') ?? '';
      const isNew = readPiece(entry, typeof input === 'string' ? input : JSON.stringify(input));
      return { isNew, say: piece => void readPiece(entry, piece) };
    },
    closeWhole,
    closeAll({ isCutOff }) {
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
