/** The names and units of meters on a bill. */
import type { AttemptCharge } from './charges.ts';

/** A meter's names and pricing unit. Tokens are priced by the million: 10^6 × pico-dollars = micro-dollars. */
export interface Unit {
  readonly name: string;
  readonly consumed: string;
  readonly pricing: string;
  /** A pricing unit is 10^power units. */
  readonly power: number;
}

const tokens = (name: string): Unit => ({ name, consumed: 'Tokens', pricing: '1000000 Tokens', power: 6 });

const UNITS: Readonly<Record<string, Unit>> = {
  input: tokens('Input Tokens'),
  cacheRead: tokens('Cache Read Tokens'),
  cacheWrite5m: tokens('Cache Write Tokens 5m'),
  cacheWrite1h: tokens('Cache Write Tokens 1h'),
  inputAudio: tokens('Input Audio Tokens'),
  cacheReadAudio: tokens('Cache Read Audio Tokens'),
  output: tokens('Output Tokens'),
  outputAudio: tokens('Output Audio Tokens'),
  outputImage: tokens('Output Image Tokens'),
  imageGenInput: tokens('Image Tool Input Tokens'),
  imageGenInputImage: tokens('Image Tool Input Image Tokens'),
  imageGenOutput: tokens('Image Tool Output Tokens'),
  webSearch: { name: 'Web Searches', consumed: 'Calls', pricing: '1000 Calls', power: 3 },
  webSearchPreview: { name: 'Web Searches (Preview)', consumed: 'Calls', pricing: '1000 Calls', power: 3 },
  fileSearch: { name: 'File Searches', consumed: 'Calls', pricing: '1000 Calls', power: 3 },
  codeSession: { name: 'Code Sessions', consumed: 'Sessions', pricing: 'Sessions', power: 0 },
  request: { name: 'Request Fees', consumed: 'Requests', pricing: 'Requests', power: 0 },
  gpuMs: { name: 'GPU Time', consumed: 'Milliseconds', pricing: '1000 Milliseconds', power: 3 },
};
export const REQUESTS: Unit = { name: 'Requests', consumed: 'Requests', pricing: 'Requests', power: 0 };

/** All names that {@link meterName} can return for a known meter. */
export const METER_NAMES: ReadonlySet<string> = new Set([REQUESTS, ...Object.values(UNITS)].map(({ name }) => name));

/** The meter's name on a bill, `SkuMeter`; `undefined` for an adjustment, which has no meter. */
export function meterName(charge: AttemptCharge): string | undefined {
  if (charge.kind === 'adjustment') return undefined;
  return charge.kind === 'request' ? REQUESTS.name : unitOfMeter(charge.line.meter).name;
}

/**
 * The unit by which a charge is priced; `undefined` for an adjustment, and for a call without a known price: it has a cost, but
 * no unit price.
 */
export function pricedUnit(charge: AttemptCharge): Unit | undefined {
  if (charge.kind === 'meter') return unitOfMeter(charge.line.meter);
  return charge.kind === 'request' && charge.isStated ? REQUESTS : undefined;
}

function unitOfMeter(meter: string): Unit {
  return UNITS[meter] ?? { name: meter, consumed: 'Units', pricing: 'Units', power: 0 };
}
