/** Formats figures for display, the same in the terminal, in the report and on the dashboard. */
import type { Period } from '../cells/period.ts';
import type { Figure } from '../math/interval.ts';
import type { Meter } from '../ledger/usage.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import { planOfKey } from '../ledger/vocabulary.ts';

/** Dollars with two significant digits below a dollar and cents above: `$1,234`, `$4.50`, `$0.0019`. */
export function formatUsd(usd: number): string {
  return usdText(usd, 0);
}

/** As {@link formatUsd}, with as many more digits as it takes to tell two different amounts apart. */
export function formatUsdApart(a: number, b: number): (usd: number) => string {
  return apart(usdText, a, b);
}

function usdText(usd: number, moreDigits: number): string {
  if (Number.isNaN(usd)) return '–';
  if (!Number.isFinite(usd)) return usd > 0 ? '∞' : '−∞';
  const amount = Math.abs(usd);
  const sign = usd < 0 ? '−' : '';
  if (amount === 0) return '$0';
  if (amount >= 1000) return `${sign}$${amount.toLocaleString('en-US', { maximumFractionDigits: moreDigits })}`;
  if (amount >= 0.995) return `${sign}$${amount.toFixed(2 + moreDigits)}`;
  if (amount < 1e-9) return `${sign}$${amount.toExponential(1)}`;
  const digits = Math.min(9, 1 - Math.floor(Math.log10(amount)));
  return `${sign}$${amount.toFixed(digits + moreDigits)}`;
}

/** More digits than these distinguish nothing that was measured. */
const MAX_MORE_DIGITS = 9;

function apart(textOf: (value: number, moreDigits: number) => string, a: number, b: number): (value: number) => string {
  // "100 %" and "100.0 %" are different texts of one number.
  const shown = (value: number, more: number): number => Number(textOf(value, more).replace(/[^\d.]/g, ''));
  let more = 0;
  if (a !== b) while (more < MAX_MORE_DIGITS && shown(a, more) === shown(b, more)) more++;
  return value => textOf(value, more);
}

/** An exact decimal amount to the cent: `1234567.5` → `$1,234,567.50`; below a dollar, two significant digits. */
export function formatTotal(decimalUsd: string): string {
  const usd = Number(decimalUsd);
  if (usd !== 0 && Math.abs(usd) < 1) return formatUsd(usd);
  const text = Math.abs(usd).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return `${usd < 0 ? '−' : ''}$${text}`;
}

/** A price with all its digits, as the price book and an invoice have it: `$0.125`, `$2.00`. */
export function formatRate(usd: number): string {
  const [whole = '', fraction = ''] = usd.toFixed(9).split('.');
  return `$${whole}.${fraction.slice(0, 2)}${fraction.slice(2).replace(/0+$/, '')}`;
}

/** A fraction as a percentage: `95.0 %`, `0.20 %`. */
export function formatPercent(fraction: number): string {
  return percentText(fraction, 0);
}

/** As {@link formatPercent}, with as many more digits as it takes to tell two different fractions apart. */
export function formatPercentApart(a: number, b: number): (fraction: number) => string {
  return apart(percentText, a, b);
}

function percentText(fraction: number, moreDigits: number): string {
  if (Number.isNaN(fraction)) return '–';
  const percent = fraction * 100;
  const digits = percent === 0 || percent === 100 ? 0 : percent < 1 ? 2 : 1;
  return `${percent.toFixed(digits === 0 ? 0 : digits + moreDigits)} %`;
}

/** A fraction as a whole percentage, for the ticks of an axis: `95 %`. */
export function formatWhole(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}

/** A difference of two fractions, in percentage points: `−1.2 points`. */
export function formatPoints(difference: number): string {
  if (Number.isNaN(difference)) return '–';
  const points = Math.round(difference * 1000) / 10;
  return `${points < 0 ? '−' : ''}${Math.abs(points).toFixed(1)} points`;
}

export function formatCount(count: number): string {
  return Number.isFinite(count) ? Math.round(count).toLocaleString('en-US') : '–';
}

/** `1 intent`, `1,234 intents`. */
export function formatIntents(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'intent' : 'intents'}`;
}

/** A figure with its 95 % interval, without repeating the unit: `$0.76 (0.42–1.31)`, `95.0 % (93.1–96.4)`. */
export function formatFigure({ value, low, high }: Figure, format: (value: number) => string): string {
  if (Number.isNaN(value)) return '–';
  const bare = (limit: number): string => format(limit).replace(/^(−?)\$| (?:%|points)$/g, '$1');
  // A dash next to a minus sign would be hard to read, so `to` is written.
  const until = low < 0 || high < 0 ? ' to ' : '–';
  return `${format(value)} (${bare(low)}${until}${bare(high)})`;
}

/** A time in UTC, to the minute: `2026-03-01 14:00`. */
export function formatMoment(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
}

/** `2026-03-01 14:00 until 2026-03-08 00:00 UTC`; without an end `since …`, without a start `until …`. */
export function formatPeriod({ fromMs = -Infinity, toMs = Infinity }: Period): string {
  const from = Number.isFinite(fromMs) ? formatMoment(fromMs) : '';
  const until = Number.isFinite(toMs) ? `until ${formatMoment(toMs)}` : '';
  return `${until === '' ? 'since ' : ''}${from}${from === '' || until === '' ? '' : ' '}${until} UTC`;
}

/**
 * A plan in words: `mini, then premium if needed`. The next model is needed after a rejected reply, after `maxTurns`, or once an agent is
 * stuck.
 */
export function describePlan(plan: PlanKey): string {
  const [first = '', ...rest] = planOfKey(plan);
  return rest.length === 0 ? first : `${first}, then ${rest.join(', then ')} if needed`;
}

/** What `learning`, `estimating` and `settled` mean, for display. */
export const STATE_MEANINGS = /* @__PURE__ */ Object.freeze({
  learning: 'fewer than 100 outcomes, so read the interval, not the figure',
  estimating: 'an estimate with its interval; which plan is cheapest is not settled yet',
  settled: 'which plan is cheapest is settled at 95 %, valid even if you check every day',
});

/** What the largest possible savings are, for display. */
export const POSSIBLE_SAVINGS =
  'How much less a week with as many intents as the last would cost, at the prices and success rates of now, if all of them used the ' +
  'plan that is estimated to be the cheapest, instead of plans chosen as they are now';

/** Names of the meters, for display. */
export const METER_NAMES: Readonly<Record<Meter | 'gpuMs', string>> = /* @__PURE__ */ Object.freeze({
  input: 'input',
  cacheRead: 'cached input',
  cacheWrite5m: 'cache write (5 min)',
  cacheWrite1h: 'cache write (1 h)',
  inputAudio: 'audio input',
  cacheReadAudio: 'cached audio input',
  output: 'output',
  outputAudio: 'audio output',
  outputImage: 'image output',
  imageGenInput: 'image tool: text input',
  imageGenInputImage: 'image tool: image input',
  imageGenOutput: 'image tool: output',
  webSearch: 'web searches',
  webSearchPreview: 'web searches (preview)',
  fileSearch: 'file searches',
  codeSession: 'code sessions',
  request: 'request fees',
  gpuMs: 'GPU time, ms',
});

/** Why a quality floor excludes a plan. */
export function belowQualityFloor(minSuccessRate: number): string {
  return `its success rate is very probably below the minimum, ${formatPercent(minSuccessRate)}`;
}

/** `mini is in use in two versions at once`, to follow "while". */
export function inTwoVersions(models: readonly string[]): string {
  return `${models.join(' and ')} ${models.length === 1 ? 'is' : 'are'} in use in two versions at once`;
}
