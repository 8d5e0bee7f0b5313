/** The meters that the fake provider counts and bills. */

export const FAKE_METERS = [
  'input',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'inputAudio',
  'output',
  'outputAudio',
  'outputImage',
  'imageGenInput',
  'imageGenInputImage',
  'imageGenOutput',
  'webSearch',
  'fileSearch',
  'codeSession',
] as const;

/** Tokens, searches and containers of one exchange, disjoint, under the names of the library's meters. */
export type FakeMeter = (typeof FAKE_METERS)[number];

/** `reasoning` is the part of `output` that was reasoning. */
export type FakeTokens = Readonly<Record<FakeMeter | 'reasoning', number>>;

/** The given counts, and 0 for all others. */
export function tokensWith(counts: Partial<FakeTokens>): FakeTokens {
  return { ...NO_TOKENS, ...counts };
}

const NO_TOKENS = Object.fromEntries([...FAKE_METERS, 'reasoning'].map(meter => [meter, 0])) as FakeTokens;
