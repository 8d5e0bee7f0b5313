/** Random variates, as functions of a uniform stream. */
import type { Random } from './random.ts';

/** Smaller shapes are raised to this one, below which gamma variates underflow a double. */
const MIN_SHAPE = 0.05;

// Ziggurat of 128 layers (Marsaglia & Tsang 2000; exact double-precision variant of Doornik 2005).
const LAYERS = 128;
const TAIL_START = 3.442619855899;
const LAYER_AREA = 9.91256303526217e-3;
const EDGES = new Float64Array(LAYERS + 1);
const RATIOS = new Float64Array(LAYERS);
{
  let density = Math.exp(-0.5 * TAIL_START * TAIL_START);
  EDGES[0] = LAYER_AREA / density;
  EDGES[1] = TAIL_START;
  for (let i = 2; i < LAYERS; i++) {
    const edge = Math.sqrt(-2 * Math.log(LAYER_AREA / (EDGES[i - 1] as number) + density));
    EDGES[i] = edge;
    density = Math.exp(-0.5 * edge * edge);
  }
  for (let i = 0; i < LAYERS; i++) RATIOS[i] = (EDGES[i + 1] as number) / (EDGES[i] as number);
}

/** Standard normal. */
export function normal(random: Random): number {
  for (;;) {
    // One uniform number gives both: its top bits the layer, the others the position in the layer.
    const scaled = random.next() * LAYERS;
    const layer = scaled | 0;
    const position = 2 * (scaled - layer) - 1;
    if (Math.abs(position) < (RATIOS[layer] as number)) return position * (EDGES[layer] as number);
    if (layer === 0) return normalTail(position < 0, random);
    const x = position * (EDGES[layer] as number);
    const outer = Math.exp(-0.5 * ((EDGES[layer] as number) ** 2 - x * x));
    const inner = Math.exp(-0.5 * ((EDGES[layer + 1] as number) ** 2 - x * x));
    if (inner + random.next() * (outer - inner) < 1) return x;
  }
}

function normalTail(isNegative: boolean, random: Random): number {
  for (;;) {
    const x = Math.log(1 - random.next()) / TAIL_START;
    const y = Math.log(1 - random.next());
    if (-2 * y >= x * x) return isNegative ? x - TAIL_START : TAIL_START - x;
  }
}

/** Gamma(shape, 1) for a shape of at least 1: Marsaglia & Tsang 2000. */
function gammaAboveOne(shape: number, random: Random): number {
  const d = shape - 1 / 3;
  return gammaOf(d, 1 / Math.sqrt(9 * d), random);
}

function gammaOf(d: number, c: number, random: Random): number {
  for (;;) {
    const x = normal(random);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    const u = 1 - random.next();
    const x2 = x * x;
    if (u < 1 - 0.0331 * x2 * x2 || Math.log(u) < 0.5 * x2 + d * (1 - v + Math.log(v))) return d * v;
  }
}

/**
 * Logarithm of a Gamma(shape, 1) variate, with the usual boost for shapes below 1. Of shape 0.05, one variate in some
 * hundreds would underflow by itself. Smaller shapes are raised to {@link MIN_SHAPE}.
 */
export function logGammaVariate(shape: number, random: Random): number {
  if (shape >= 1) return Math.log(gammaAboveOne(shape, random));
  const small = Math.max(MIN_SHAPE, shape);
  return Math.log(gammaAboveOne(small + 1, random)) + Math.log(1 - random.next()) / small;
}

/** Gamma(shape, 1). */
export function gammaVariate(shape: number, random: Random): number {
  return shape >= 1 ? gammaAboveOne(shape, random) : Math.exp(logGammaVariate(shape, random));
}

/** Beta(a, b), exact also where both shapes are far below 1. */
export function betaVariate(a: number, b: number, random: Random): number {
  // A power of a uniform number: exact and fast for rates without outcomes, or with outcomes of one kind only.
  if (b === 1) return a === 1 ? random.next() : (1 - random.next()) ** (1 / Math.max(MIN_SHAPE, a));
  if (a === 1) return 1 - (1 - random.next()) ** (1 / Math.max(MIN_SHAPE, b));
  if (a >= 1 && b >= 1) {
    const x = gammaAboveOne(a, random);
    return x / (x + gammaAboveOne(b, random));
  }
  return 1 / (1 + Math.exp(logGammaVariate(b, random) - logGammaVariate(a, random)));
}

/**
 * Fills `column` with Beta(a, b) variates, as {@link betaVariate} draws them; what depends on the shapes is computed
 * once.
 */
export function fillBeta(
  column: Float64Array,
  { a, b }: { readonly a: number; readonly b: number },
  random: Random,
): void {
  if (!(a > 1 && b > 1)) {
    for (let i = 0; i < column.length; i++) column[i] = betaVariate(a, b, random);
    return;
  }
  const [dA, dB] = [a - 1 / 3, b - 1 / 3];
  const [cA, cB] = [1 / Math.sqrt(9 * dA), 1 / Math.sqrt(9 * dB)];
  for (let i = 0; i < column.length; i++) {
    const x = gammaOf(dA, cA, random);
    column[i] = x / (x + gammaOf(dB, cB, random));
  }
}

/** Lognormal with the given mean and the given standard deviation of the logarithm. */
export function lognormalVariate(mean: number, logSd: number, random: Random): number {
  return mean * Math.exp(logSd * normal(random) - (logSd * logSd) / 2);
}
