/** Probes that run with candidates of several APIs. A probe that is listed as an exception must fail. */
import { expect, test } from 'vitest';
import type { Exceptions } from './other-vendor.ts';

export function probes(exceptions: Exceptions = {}) {
  const left = new Set(Object.keys(exceptions));
  let total = 0;
  return {
    probe(title: string, run: () => unknown): void {
      total += 1;
      left.delete(title);
      const why = exceptions[title];
      if (why === undefined) test(title, async () => void (await run()));
      else test.fails(`cannot hold, because ${why}: ${title}`, async () => void (await run()));
    },
    /** Call this after all probes are registered. */
    counted(expected: number): void {
      test('every exception is a probe, and no probe is lost', () => {
        expect([...left]).toEqual([]);
        expect(total).toBe(expected);
      });
    },
  };
}
