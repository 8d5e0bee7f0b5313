import { expect, test } from 'vitest';
import type { OutcomeRouter } from '../../src/outcomes/record.ts';
import { recordRows } from '../../src/outcomes/record.ts';

/** A router that accepts an outcome only when the test tells it to, and the number of outcomes in progress. */
function slowRouter() {
  const waiting: (() => void)[] = [];
  const begun: string[] = [];
  const router: OutcomeRouter = {
    feature: () => ({
      resume(intentId) {
        const recorded = async (kind: string) => {
          begun.push(`${intentId} ${kind}`);
          await new Promise<void>(resolve => waiting.push(resolve));
          return { state: 'success', escalated: false } as const;
        };
        return {
          outcome: ({ success }) => recorded(String(success)),
          signal: name => recorded(name),
          revoke: () => recorded('revoke'),
        };
      },
    }),
  };
  return { router, begun, waiting };
}

const onError = (error: unknown): never => {
  throw error;
};
const turn = (): Promise<void> => new Promise(resolve => void setImmediate(resolve));

test('outcomes of different intents are recorded at once, up to a limit, and those of one intent one after the other', async () => {
  const { router, begun, waiting } = slowRouter();
  const rows = [
    ...Array.from({ length: 20 }, (_, index) => ({ feature: 'f', intentId: `i${index}`, success: true })),
    { feature: 'f', intentId: 'i0', success: null },
    { feature: 'f', intentId: 'i0', signal: 'stars' },
  ];
  const done = recordRows(rows, { router, mayRecord: () => true, onError });
  await turn();
  expect(begun).toHaveLength(16);
  for (let answered = 0; answered < 60; answered++) {
    waiting.shift()?.();
    await turn();
  }
  expect(begun.filter(each => each.startsWith('i0 '))).toEqual(['i0 true', 'i0 revoke', 'i0 stars']);
  expect(begun).toHaveLength(22);
  expect((await done).map(({ status }) => status)).toEqual(rows.map(() => 200));
});

test('a row of a feature that the caller may not record is refused, and reaches no router', async () => {
  const { router, begun } = slowRouter();
  const row = { feature: 'sales.mail', intentId: 'i', success: true };
  const results = await recordRows([row], { router, mayRecord: feature => feature !== 'sales.mail', onError });
  expect(results).toMatchObject([{ status: 403, error: { field: 'feature' } }]);
  expect(begun).toEqual([]);
});
