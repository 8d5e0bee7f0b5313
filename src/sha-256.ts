/** SHA-256 of texts: by Node where it is, and else by plain code, because that of the web platform is asynchronous. */

/** The methods that it has in common with a hash of `node:crypto`. */
export interface TextHash {
  update(text: string): TextHash;
  copy(): TextHash;
  digest(encoding: 'hex' | 'base64url'): string;
}

/** The hash of one text. */
export function sha256Of(text: string, encoding: 'hex' | 'base64url'): string {
  return sha256().update(text).digest(encoding);
}

/** A hash for a text that comes in parts. */
export function sha256(): TextHash {
  const crypto = globalThis.process?.getBuiltinModule?.('node:crypto') as typeof import('node:crypto') | undefined;
  return crypto?.createHash('sha256') ?? plainSha256();
}

const BLOCK_BYTES = 64;
const LENGTH_BYTES = 8;

/** The first 32 bits of the fractional parts of a root of the first primes, as the standard (FIPS 180-4) has it. */
const rootBits = (count: number, root: number): Uint32Array =>
  Uint32Array.from(primes(count), prime => (prime ** (1 / root) % 1) * 2 ** 32);

function primes(count: number): readonly number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every(prime => n % prime !== 0)) found.push(n);
  return found;
}

let constants: { readonly round: Uint32Array; readonly initial: Uint32Array } | undefined;

/** Plain code for {@link sha256}. */
export function plainSha256(): TextHash {
  constants ??= { round: rootBits(64, 3), initial: rootBits(8, 2) };
  return hashFrom({ state: constants.initial.slice(), rest: new Uint8Array(0), bytes: 0 });
}

interface HashState {
  readonly state: Uint32Array;
  /** Bytes of a block that is not full yet. */
  readonly rest: Uint8Array;
  readonly bytes: number;
}

function hashFrom(start: HashState): TextHash {
  let now = start;
  const hash: TextHash = {
    update(text) {
      now = withBytes(now, new TextEncoder().encode(text));
      return hash;
    },
    copy: () => hashFrom({ ...now, state: now.state.slice() }),
    digest: encoding => shown(digestOf(now), encoding),
  };
  return hash;
}

function withBytes({ state, rest, bytes }: HashState, more: Uint8Array): HashState {
  const all = new Uint8Array(rest.length + more.length);
  all.set(rest);
  all.set(more, rest.length);
  const full = all.length - (all.length % BLOCK_BYTES);
  const words = new DataView(all.buffer);
  for (let at = 0; at < full; at += BLOCK_BYTES) addBlock(state, words, at);
  return { state, rest: all.subarray(full), bytes: bytes + more.length };
}

/** The end of a message: a one bit, zeros, and the message's length in bits. */
function digestOf({ state, rest, bytes }: HashState): Uint32Array {
  const zeros = (2 * BLOCK_BYTES - 1 - LENGTH_BYTES - rest.length) % BLOCK_BYTES;
  const end = new Uint8Array(1 + zeros + LENGTH_BYTES);
  end[0] = 0x80;
  const view = new DataView(end.buffer);
  view.setUint32(end.length - 8, Math.floor(bytes / 2 ** 29));
  view.setUint32(end.length - 4, bytes << 3);
  return withBytes({ state: state.slice(), rest, bytes }, end).state;
}

const schedule = new Uint32Array(BLOCK_BYTES);

const turned = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

function addBlock(state: Uint32Array, message: DataView, at: number): void {
  const { round } = constants as NonNullable<typeof constants>;
  for (let i = 0; i < 16; i++) schedule[i] = message.getUint32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const w15 = schedule[i - 15] as number;
    const w2 = schedule[i - 2] as number;
    const s0 = turned(w15, 7) ^ turned(w15, 18) ^ (w15 >>> 3);
    const s1 = turned(w2, 17) ^ turned(w2, 19) ^ (w2 >>> 10);
    schedule[i] = (schedule[i - 16] as number) + s0 + (schedule[i - 7] as number) + s1;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
    const chosen = (e & f) ^ (~e & g);
    const one = (h + s1 + chosen + (round[i] as number) + (schedule[i] as number)) | 0;
    const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    // Assigned one by one: rotating a list takes five times as long until it is compiled.
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] as number) + word;
}

function shown(words: Uint32Array, encoding: 'hex' | 'base64url'): string {
  const hex = Array.from(words, word => word.toString(16).padStart(8, '0')).join('');
  if (encoding === 'hex') return hex;
  const bytes = hex.replaceAll(/../g, byte => String.fromCharCode(Number.parseInt(byte, 16)));
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
