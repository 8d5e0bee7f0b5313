/** Random variates, as functions of a uniform stream. */
import type { Random } from './random.ts';

/** Smaller shapes are raised to this one: below it, the power of a uniform number in a gamma variate can round to 0. */
const MIN_SHAPE = 0.05;

// The ziggurat's 128 layers (Marsaglia & Tsang 2000; exact double-precision variant of Doornik 2005).
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

/** Standard normal. Its rare cases are in a separate function, so that this one is short enough to be inlined by its callers. */
export function normal(random: Random): number {
  // One uniform number gives both: its top bits the layer, the others the position in the layer.
  const scaled = random.next() * LAYERS;
  const layer = scaled | 0;
  const position = 2 * (scaled - layer) - 1;
  return Math.abs(position) < (RATIOS[layer] as number)
    ? position * (EDGES[layer] as number)
    : normalOutside(layer, position, random);
}

/** The variate for a position outside the part of a layer that is surely below the density. */
function normalOutside(layer: number, position: number, random: Random): number {
  if (layer === 0) return normalTail(position < 0, random);
  const x = position * (EDGES[layer] as number);
  const outer = Math.exp(-0.5 * ((EDGES[layer] as number) ** 2 - x * x));
  const inner = Math.exp(-0.5 * ((EDGES[layer + 1] as number) ** 2 - x * x));
  return inner + random.next() * (outer - inner) < 1 ? x : normal(random);
}

function normalTail(isNegative: boolean, random: Random): number {
  for (;;) {
    const x = Math.log(1 - random.next()) / TAIL_START;
    const y = Math.log(1 - random.next());
    if (-2 * y >= x * x) return isNegative ? x - TAIL_START : TAIL_START - x;
  }
}

/** Gamma(d + 1/3, 1) for a shape of at least 1: Marsaglia & Tsang 2000, with c = 1/√(9d). */
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

/** The arguments of {@link gammaOf} for a shape of at least 1. */
function gammaShape(shape: number): { readonly d: number; readonly c: number } {
  const d = shape - 1 / 3;
  return { d, c: 1 / Math.sqrt(9 * d) };
}

/** Draws from Gamma(shape, 1). A shape below 1 is drawn one higher and scaled by a power of a uniform number. */
function gammaSampler(shape: number, random: Random): () => number {
  const small = Math.max(MIN_SHAPE, shape);
  const { d, c } = gammaShape(shape < 1 ? small + 1 : shape);
  if (shape >= 1) return () => gammaOf(d, c, random);
  return () => gammaOf(d, c, random) * Math.exp(Math.log(1 - random.next()) / small);
}

/** Gamma(shape, 1). Shapes below {@link MIN_SHAPE} are raised to it. */
export function gammaVariate(shape: number, random: Random): number {
  return gammaSampler(shape, random)();
}

/**
 * Draws from Beta(a, b), exact also where both shapes are far below 1. Everything that depends only on the shapes is
 * computed once.
 */
export function betaSampler({ a, b }: { readonly a: number; readonly b: number }, random: Random): () => number {
  // A power of a uniform number: exact and fast for rates without outcomes, or with outcomes of one kind only.
  if (isOne(b)) {
    const power = 1 / Math.max(MIN_SHAPE, a);
    return isOne(a) ? () => random.next() : () => (1 - random.next()) ** power;
  }
  if (isOne(a)) {
    const power = 1 / Math.max(MIN_SHAPE, b);
    return () => 1 - (1 - random.next()) ** power;
  }
  const [drawA, drawB] = [gammaSampler(a, random), gammaSampler(b, random)];
  return () => {
    const x = drawA();
    return x / (x + drawB());
  };
}

/** Where draws go: to the rows `order[from]` to `order[to - 1]` of a column. */
export interface DrawnRows {
  readonly column: Float64Array;
  readonly order: Uint32Array;
  readonly from: number;
  readonly to: number;
}

/** Fills rows with the draws of {@link betaSampler}. A loop without a closure takes a sixth less time for a table of climbing plans. */
export function fillBeta(shape: { readonly a: number; readonly b: number }, rows: DrawnRows, random: Random): void {
  const { column, order, from, to } = rows;
  const { a, b } = shape;
  if (a < 1 || b < 1 || isOne(a) || isOne(b)) {
    const draw = betaSampler(shape, random);
    for (let i = from; i < to; i++) column[order[i] as number] = draw();
    return;
  }
  const [ofA, ofB] = [gammaShape(a), gammaShape(b)];
  for (let i = from; i < to; i++) {
    const x = gammaOf(ofA.d, ofA.c, random);
    column[order[i] as number] = x / (x + gammaOf(ofB.d, ofB.c, random));
  }
}

/** Sums of decayed counts miss a whole number by their rounding error. */
function isOne(shape: number): boolean {
  return Math.abs(shape - 1) < 1e-9;
}

/** Beta(a, b). */
export function betaVariate(a: number, b: number, random: Random): number {
  return betaSampler({ a, b }, random)();
}

/** Lognormal with the given mean and the given standard deviation of the logarithm. */
export function lognormalVariate(mean: number, logSd: number, random: Random): number {
  return mean * Math.exp(logSd * normal(random) - (logSd * logSd) / 2);
}

/** Puts a list into random order (Fisher–Yates), in place; returns it. */
export function shuffle<List extends Uint32Array | number[]>(list: List, random: Random): List {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1));
    [list[i], list[j]] = [list[j] as number, list[i] as number];
  }
  return list;
}
