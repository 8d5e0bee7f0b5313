import { expect, test } from 'vitest';
import { PALETTE, SCHEMES } from '../../../src/exports/html/report-style.ts';

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const full = hex.length === 4 ? hex.replace(/[\da-f]/g, digit => digit + digit) : hex;
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map(start => Number.parseInt(full.slice(start, start + 2), 16) / 255)
    .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const schemes = [...SCHEMES.matchAll(/:root\{([^}]*)\}/g)].map(([, body = '']) =>
  Object.fromEntries([...body.matchAll(/--([\w-]+):(#[\da-f]+);/g)].map(([, name, value]) => [name, value])),
);

test('the style has three schemes: light, dark and print', () => {
  expect(schemes).toHaveLength(3);
  expect(schemes.map(scheme => scheme['c0'])).toEqual([PALETTE.light[0], PALETTE.dark[0], PALETTE.light[0]]);
});

test.each(schemes)('text has a contrast of at least 4.5 : 1 and plot colors one of 3 : 1, in every scheme', scheme => {
  const of = (name: string): string => scheme[name] ?? expect.unreachable(name);
  for (const text of ['fg', 'muted', 'link']) {
    for (const ground of ['bg', 'panel']) expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5);
  }
  expect(contrast(of('warn-fg'), of('warn-bg'))).toBeGreaterThanOrEqual(4.5);
  for (let i = 0; i < PALETTE.light.length; i++) expect(contrast(of(`c${i}`), of('bg'))).toBeGreaterThanOrEqual(3);
});
