/** Orders the parts of a stream: one part is open at a time, and pieces of other parts wait. */
import type { ContentPart } from './conversation.ts';
import type { ReplyEvent } from './reply.ts';

/** A part that has begun. Its reader supplies its content. */
export interface StreamedPart {
  /** The part as it began, without its pieces. */
  readonly part: ContentPart;
  /** All pieces so far. */
  readonly said: string;
  readonly isClosed: boolean;
}

export interface PartOrder {
  /** A part begins. */
  begin(part: ContentPart): StreamedPart;
  /** The next piece of the part. */
  say(part: StreamedPart, piece: string): void;
  /** The whole content of the part: what the pieces did not contain is added. */
  sayWhole(part: StreamedPart, whole: string): void;
  /** The part is complete. */
  close(part: StreamedPart, options?: Closing): void;
  closeAll(options?: Pick<Closing, 'isCutOff'>): void;
}

export interface Closing {
  /** The part in its final form, if the stream has more of it than its pieces. */
  readonly whole?: ContentPart | undefined;
  /** Default false: a tool call without arguments then gets an empty object. */
  readonly isCutOff?: boolean | undefined;
}

/** Characters of a reply that are kept: a writer may have to repeat them, and JavaScript's strings end at some 500 million. */
export const MAX_REPLY_CHARS = 64 << 20;

interface QueuedPart extends StreamedPart {
  part: ContentPart;
  said: string;
  isOpen: boolean;
  isClosed: boolean;
  whole: ContentPart | undefined;
}

const PIECES = { text: 'text', refusal: 'refusal', reasoning: 'reasoning', 'tool-call': 'input' } as const;

/** @param fail is called when the reply is larger than {@link MAX_REPLY_CHARS} */
export function partOrder(emit: (event: ReplyEvent) => void, fail: (reason: string) => void): PartOrder {
  /** The parts that have not ended; the first is open. */
  const queue: QueuedPart[] = [];
  let at = -1;
  let chars = 0;

  function open(slot: QueuedPart): void {
    at += 1;
    slot.isOpen = true;
    emit({ on: 'open', at, part: slot.part });
    if (slot.said !== '') emitPiece(slot, slot.said);
  }

  function emitPiece(slot: QueuedPart, piece: string): void {
    const of = PIECES[slot.part.kind as keyof typeof PIECES];
    emit({ on: 'piece', at, of, piece });
  }

  function say(slot: QueuedPart, piece: string): void {
    // The content of a hosted tool's part is not translated.
    if (piece === '' || slot.isClosed || !(slot.part.kind in PIECES)) return;
    chars += piece.length;
    if (chars > MAX_REPLY_CHARS) return fail(`The reply is longer than ${MAX_REPLY_CHARS} characters.`);
    slot.said += piece;
    if (slot !== queue[0]) return;
    if (slot.isOpen) emitPiece(slot, piece);
    else open(slot);
  }

  function close(slot: QueuedPart, { whole, isCutOff = false }: Closing = {}): void {
    if (slot.isClosed) return;
    const { part } = slot;
    if (part.kind === 'tool-call' && part.form === 'json' && !isCutOff && slot.said.trim() === '') say(slot, '{}');
    slot.isClosed = true;
    slot.whole = whole;
    while (queue[0]?.isClosed === true) {
      if (queue[0].isOpen) emit({ on: 'close', at, part: withText(queue[0].whole ?? queue[0].part, queue[0].said) });
      queue.shift();
      if (queue[0] !== undefined) openFirst(queue[0]);
    }
  }

  /** An empty text is left out, because vendors refuse to receive one. */
  function openFirst(slot: QueuedPart): void {
    if (slot.said !== '' || (slot.part.kind !== 'text' && slot.part.kind !== 'refusal')) open(slot);
  }

  return {
    begin(part) {
      const slot: QueuedPart = { part, said: '', isOpen: false, isClosed: false, whole: undefined };
      queue.push(slot);
      if (queue.length === 1) openFirst(slot);
      return slot;
    },
    say: (part, piece) => say(part as QueuedPart, piece),
    sayWhole(part, whole) {
      if (whole.length > part.said.length && whole.startsWith(part.said))
        say(part as QueuedPart, whole.slice(part.said.length));
    },
    close: (part, options) => close(part as QueuedPart, options),
    closeAll(options) {
      while (queue[0] !== undefined) close(queue[0], options);
    },
  };
}

function withText(part: ContentPart, said: string): ContentPart {
  if (part.kind === 'tool-call') return { ...part, input: said };
  if (part.kind === 'text' || part.kind === 'refusal' || part.kind === 'reasoning') return { ...part, text: said };
  return part;
}
