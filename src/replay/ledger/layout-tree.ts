/**
 * The texts of known records as a tree: what all records of a layout have in common is compared eight bytes at a time, and only
 * slots are read byte by byte. A text that does not end in a leaf has no known layout.
 */
import { endOfNumber, endOfText, isDigit, MAX_SLOTS, QUOTE } from './record-slots.ts';

export interface LayoutTree<Layout> {
  /** The layout of a text. Its slots are in the arrays below until the next text. */
  find(bytes: Uint8Array, start: number, end: number): Layout | undefined;
  /** Where each slot begins and ends. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** Gives this layout to the text, and to all texts that differ from it in their slots only. */
  add(bytes: Uint8Array, text: SlottedText, layout: Layout): void;
}

/** Where a text and its slots are in the bytes. */
export interface SlottedText {
  readonly start: number;
  readonly end: number;
  readonly slots: readonly { readonly from: number; readonly to: number; readonly kind: number }[];
}

interface TreeNode<Layout> {
  /** The bytes that all texts have here, also as numbers of eight bytes. */
  run: Uint8Array;
  words: Float64Array;
  /** The last eight of them; NaN for fewer bytes. */
  last: number;
  /** What follows them: a slot, the end of the text, or a byte in which texts differ. */
  slot: { readonly isText: boolean; readonly kind: number; readonly next: TreeNode<Layout> } | undefined;
  layout: Layout | undefined;
  child: TreeNode<Layout> | undefined;
  /** The next child of the same parent. */
  sibling: TreeNode<Layout> | undefined;
}

const WORD = 8;

export function layoutTree<Layout extends object>(): LayoutTree<Layout> {
  const root = newNode<Layout>(new Uint8Array());
  const from = new Uint32Array(MAX_SLOTS);
  const to = new Uint32Array(MAX_SLOTS);
  let viewed: Uint8Array = new Uint8Array();
  let view: DataView = new DataView(viewed.buffer);

  function find(bytes: Uint8Array, start: number, end: number): Layout | undefined {
    if (bytes !== viewed) {
      viewed = bytes;
      view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const page = view;
    let node: TreeNode<Layout> | undefined = root;
    let count = 0;
    let i = start;
    while (node !== undefined) {
      const { run, words, last, slot }: TreeNode<Layout> = node;
      const [{ length }, limit] = [words, i + run.length];
      if (limit > end) return undefined;
      // JSON has none of the bytes that are 0 or NaN as a number, so equal numbers are equal bytes.
      for (let word = 0; word < length; word++, i += WORD)
        if (page.getFloat64(i, true) !== words[word]) return undefined;
      if (i < limit) {
        // Compares the last eight bytes at once; some of them were compared already.
        if (length > 0) {
          if (page.getFloat64(limit - WORD, true) !== last) return undefined;
          i = limit;
        }
        for (let at = 0; i < limit; at++, i++) if (bytes[i] !== run[at]) return undefined;
      }
      if (i === end) return node.layout;
      const code = bytes[i] as number;
      if (slot !== undefined && (slot.isText || isDigit(code))) {
        const close = slot.isText ? endOfText(bytes, i, slot.kind) : endOfNumber(bytes, i, slot.kind);
        if (close < 0 || close > end) return undefined;
        from[count] = i;
        to[count++] = close;
        i = close;
        node = slot.next;
      } else {
        node = node.child;
        while (node !== undefined && node.run[0] !== code) node = node.sibling;
      }
    }
    return undefined;
  }

  function add(bytes: Uint8Array, { start, end, slots }: SlottedText, layout: Layout): void {
    let node = root;
    let i = start;
    for (const { from: begin, to: close, kind } of slots) {
      node = nodeAt(node, bytes.subarray(i, begin));
      node.slot ??= { isText: bytes[begin - 1] === QUOTE, kind, next: newNode(new Uint8Array()) };
      node = node.slot.next;
      i = close;
    }
    nodeAt(node, bytes.subarray(i, end)).layout = layout;
  }

  return { find, from, to, add };
}

/** The node that is reached from another one by its own bytes and those that follow; it is made where it is missing. */
function nodeAt<Layout>(first: TreeNode<Layout>, bytes: Uint8Array): TreeNode<Layout> {
  let node = first;
  let i = 0;
  for (;;) {
    const { run } = node;
    let same = 0;
    while (same < run.length && i < bytes.length && run[same] === bytes[i]) [same, i] = [same + 1, i + 1];
    if (same < run.length) split(node, same);
    if (i === bytes.length) return node;
    let next = node.child;
    while (next !== undefined && next.run[0] !== bytes[i]) next = next.sibling;
    if (next === undefined) {
      // The bytes are copied, because the page is soon freed. A slice of a Buffer would not be a copy.
      next = newNode(new Uint8Array(bytes.subarray(i)));
      next.sibling = node.child;
      node.child = next;
    }
    node = next;
  }
}

/** Leaves a node its first bytes; a child gets the rest and what follows it. */
function split<Layout>(node: TreeNode<Layout>, length: number): void {
  const { slot, layout, child } = node;
  node.child = Object.assign(newNode<Layout>(node.run.slice(length)), { slot, layout, child });
  node.slot = node.layout = undefined;
  Object.assign(node, runOf(node.run.slice(0, length)));
}

function newNode<Layout>(run: Uint8Array): TreeNode<Layout> {
  return { ...runOf(run), slot: undefined, layout: undefined, child: undefined, sibling: undefined };
}

function runOf(run: Uint8Array): Pick<TreeNode<unknown>, 'run' | 'words' | 'last'> {
  const view = new DataView(run.buffer, run.byteOffset, run.byteLength);
  const word = (at: number): number => view.getFloat64(at, true);
  const words = Float64Array.from({ length: Math.floor(run.length / WORD) }, (_, index) => word(WORD * index));
  return { run, words, last: run.length < WORD ? Number.NaN : word(run.length - WORD) };
}
