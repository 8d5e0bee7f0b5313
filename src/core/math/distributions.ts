/** Distribution functions, exact to about 1e-13 for shapes up to millions. */

const HALF_LOG_TWO_PI = 0.9189385332046728;

/**
 * ln Γ(z+1) − ((z+½)·ln z − z + ½·ln 2π), for z > 0: the error of Stirling's formula. It is computed separately because
 * the large terms cancel in every ratio of gamma functions (Loader 2000).
 */
function stirlingError(z: number): number {
  let shifted = z;
  let error = 0;
  while (shifted < 8) {
    error += (shifted + 0.5) * Math.log1p(1 / shifted) - 1;
    shifted++;
  }
  return error + seriesOf(shifted);
}

/** Stirling's series of this error, for z of at least 8. */
function seriesOf(z: number): number {
  const y = 1 / (z * z);
  const last = 691 / 360_360 - y * (1 / 156 - (y * 3_617) / 122_400);
  return (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y * (1 / 1188 - y * last))))) / z;
}

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  return stirlingError(x) + (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI;
}

/** ln B(a, b) for a, b > 0. */
export function logBeta(a: number, b: number): number {
  const n = a + b;
  return (
    HALF_LOG_TWO_PI +
    0.5 * (Math.log(n) - Math.log(a) - Math.log(b)) +
    stirlingError(a) +
    stirlingError(b) -
    stirlingError(n) -
    a * Math.log1p(b / a) -
    b * Math.log1p(a / b)
  );
}

/** x·ln(x/m) + m − x without cancellation near x = m. */
function deviance(x: number, m: number): number {
  const difference = x - m;
  if (Math.abs(difference) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = difference / (x + m);
  let sum = difference * v;
  let term = 2 * x * v;
  for (let j = 1; j < 1000; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** x^a·(1−x)^b / B(a, b). The caller gives `y` = 1 − x, which it may know exactly. */
function betaPower(a: number, b: number, { x, y }: { x: number; y: number }): number {
  const n = a + b;
  const exponent = stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * y);
  return Math.sqrt((a * b) / (2 * Math.PI * n)) * Math.exp(exponent);
}

/** Density of Beta(a, b) at 0 < x < 1. */
export function betaDensity(x: number, a: number, b: number): number {
  return betaPower(a, b, { x, y: 1 - x }) / (x * (1 - x));
}

/**
 * Regularized incomplete beta function I_x(a, b): the distribution function of Beta(a, b) at x. Continued fraction by
 * Lentz's method, on the side where it converges fast.
 *
 * @example
 * ```ts
 * betaCdf(0.5, 2, 2); // 0.5
 * ```
 */
export function betaCdf(x: number, a: number, b: number): number {
  if (!(x > 0)) return 0;
  if (x >= 1) return 1;
  if (x <= (a + 1) / (a + b + 2)) return betaPower(a, b, { x, y: 1 - x }) * lentz(x, a, b);
  return 1 - betaPower(b, a, { x: 1 - x, y: x }) * lentz(1 - x, b, a);
}

/** The continued fraction of I_x(a, b), divided by a. */
function lentz(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const guard = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    const factor = d * c;
    fraction *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  return fraction / a;
}

/** The x at which {@link betaCdf} is `probability`: Newton's method inside a bracket that only shrinks. */
export function betaQuantile(probability: number, a: number, b: number): number {
  if (probability <= 0) return 0;
  if (probability >= 1) return 1;
  let low = 0;
  let high = 1;
  // Near 0 the distribution function is x^a/(a·B): the start for shapes far below 1, whose quantiles span magnitudes.
  const nearZero = Math.exp((Math.log(probability * a) + logBeta(a, b)) / a);
  let x = nearZero > 0 && nearZero < 0.01 ? nearZero : a / (a + b);
  for (let i = 0; i < 200; i++) {
    const reached = betaCdf(x, a, b);
    if (reached === probability) return x;
    if (reached > probability) high = x;
    else low = x;
    // In the left tail both x and the function behave like powers, so the step is taken on logarithmic scales.
    const slope = betaDensity(x, a, b);
    const newton =
      x < 0.5 && reached > 0
        ? x * Math.exp((-Math.log(reached / probability) * reached) / (slope * x))
        : x - (reached - probability) / slope;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - x) <= 2e-16 * x || next === low || next === high) return next;
    x = next;
  }
  return x;
}

/** Two-sided 95 % point of the standard normal. */
export const Z95 = 1.959963984540054;

/** Two-sided 95 % point of Student's t with `freedom` > 0 degrees of freedom (possibly fractional). */
export function studentT95(freedom: number): number {
  if (freedom > 1e7) return Z95;
  const x = betaQuantile(0.05, freedom / 2, 0.5);
  return Math.sqrt((freedom * (1 - x)) / x);
}
