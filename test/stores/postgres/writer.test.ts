import { expect, it } from 'vitest';
import type { CommitGroup } from '../../../src/stores/postgres/commit.ts';
import type { PostgresConnection } from '../../../src/stores/postgres/connection.ts';
import { writer } from '../../../src/stores/postgres/writer.ts';
import { anIntent, changeOf, changesOf } from '../histories.ts';

/** A connection that runs a task at once, or twice where its answer was lost. */
function aConnection({ losesAnswer = false } = {}): PostgresConnection {
  const ask = async () => [];
  return {
    async run(task, times) {
      if (!losesAnswer) return task(ask);
      await task(ask).catch(() => {});
      if (times === 'once') throw new Error('lost');
      return task(ask);
    },
    close: async () => {},
  };
}

it('changes that come while a group is under way are the next group, of 500 at most', async () => {
  const sizes: number[] = [];
  const commitGroup: CommitGroup = async (_, group) => {
    sizes.push(group.length);
    await Promise.resolve();
    for (const { settle } of group) settle({ kind: 'committed' });
  };
  const { commitAll, idle } = writer(aConnection(), commitGroup);
  await Promise.all(
    Array.from({ length: 1100 }, async (_, index) => commitAll([changeOf(anIntent(`intent-${index}`))])),
  );
  expect(sizes).toEqual([500, 500, 100]);
  await idle();
});

it('a change conflicts without being sent if an earlier change of its intent in the same call was not committed', async () => {
  const sent: string[] = [];
  const commitGroup: CommitGroup = async (_, group) => {
    const [first] = group;
    sent.push(`${first?.change.intentId}@${first?.change.expectedRevision}`);
    first?.settle({ kind: 'conflict' });
  };
  const { commitAll } = writer(aConnection(), commitGroup);
  const answers = await commitAll(changesOf(anIntent('a')));
  expect(answers.map(({ kind }) => kind)).toEqual(['conflict', 'conflict', 'conflict']);
  expect(sent).toEqual(['a@0']);
});

it('the unanswered changes of a group whose answer was lost are sent again, unless one of them has no records', async () => {
  let sends = 0;
  const commitGroup: CommitGroup = async (_, group) => {
    sends++;
    if (sends === 1) throw new Error('lost');
    for (const { settle } of group) settle({ kind: 'known' });
  };
  const losing = aConnection({ losesAnswer: true });
  expect(await writer(losing, commitGroup).commitAll([changeOf(anIntent('a'))])).toEqual([{ kind: 'known' }]);
  sends = 0;
  await expect(writer(losing, commitGroup).commitAll([{ ...changeOf(anIntent('a')), records: [] }])).rejects.toThrow(
    'lost',
  );
  expect(sends).toBe(1);
});
