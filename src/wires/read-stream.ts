/** A reader of a stream, made of functions. */
import type { StreamReader } from '../contracts/wire.ts';

export interface ReaderParts extends Pick<StreamReader, 'push' | 'end' | 'facts' | 'passesAll'> {
  readonly phase: () => StreamReader['phase'];
  readonly error: () => StreamReader['error'];
  readonly chars: () => number;
  readonly done: () => boolean;
}

/**
 * A class, because an object with its own getters gets a hidden class (V8) of its own, which keeps in memory all that the getters
 * refer to, until the next full garbage collection.
 */
export class ReadStream implements StreamReader {
  readonly push: StreamReader['push'];
  readonly end: StreamReader['end'];
  readonly facts: StreamReader['facts'];
  readonly passesAll: boolean;
  readonly #parts: ReaderParts;

  constructor(parts: ReaderParts) {
    const { push, end, facts, passesAll = false } = parts;
    this.push = push;
    this.end = end;
    this.facts = facts;
    this.passesAll = passesAll;
    this.#parts = parts;
  }

  get phase(): StreamReader['phase'] {
    return this.#parts.phase();
  }

  get error(): StreamReader['error'] {
    return this.#parts.error();
  }

  get chars(): number {
    return this.#parts.chars();
  }

  get done(): boolean {
    return this.#parts.done();
  }
}
