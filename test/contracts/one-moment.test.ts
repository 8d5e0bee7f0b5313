import { describe, expect, it } from 'vitest';
import { ofOneMoment, streamOfOneMoment } from '../../src/contracts/one-moment.ts';

interface Numbers {
  numbers(): AsyncIterable<number>;
}

/** A source whose views write to the log when they begin and when they end. */
function source(log: string[]) {
  const view: Numbers = {
    async *numbers() {
      yield* [1, 2, 3];
    },
  };
  return {
    numbers(): AsyncIterable<number> {
      throw new Error('read outside of the view');
    },
    async consistently<Result>(work: (one: Numbers) => Promise<Result>): Promise<Result> {
      log.push('open');
      try {
        return await work(view);
      } finally {
        log.push('closed');
      }
    },
  };
}

describe('reads of one moment', () => {
  it('several reads of one moment go through one view of the store, which ends with the work', async () => {
    const log: string[] = [];
    expect(await ofOneMoment<Numbers, number[]>(source(log), async view => Array.fromAsync(view.numbers()))).toEqual([
      1, 2, 3,
    ]);
    expect(log).toEqual(['open', 'closed']);
  });

  it('a source without views is read directly', async () => {
    const plain: Numbers = {
      async *numbers() {
        yield 7;
      },
    };
    expect(await ofOneMoment(plain, async view => Array.fromAsync(view.numbers()))).toEqual([7]);
    expect(await Array.fromAsync(streamOfOneMoment(plain, view => view.numbers()))).toEqual([7]);
  });

  it('a view stays open while items are taken from it, and ends after the last', async () => {
    const log: string[] = [];
    for await (const item of streamOfOneMoment<Numbers, number>(source(log), view => view.numbers()))
      log.push(`item ${item}`);
    expect(log).toEqual(['open', 'item 1', 'item 2', 'item 3', 'closed']);
  });

  it('a view ends when the consumer stops', async () => {
    const log: string[] = [];
    for await (const item of streamOfOneMoment<Numbers, number>(source(log), view => view.numbers())) {
      log.push(`item ${item}`);
      break;
    }
    expect(log).toEqual(['open', 'item 1', 'closed']);
  });

  it('a view that cannot be opened rejects the first read, and one that fails rejects the last', async () => {
    const closed = {
      ...source([]),
      consistently: async (): Promise<never> => {
        throw new Error('no connection');
      },
    };
    await expect(Array.fromAsync(streamOfOneMoment<Numbers, number>(closed, view => view.numbers()))).rejects.toThrow(
      'no connection',
    );
    const broken = {
      ...source([]),
      async consistently<Result>(work: (one: Numbers) => Promise<Result>): Promise<Result> {
        await source([]).consistently(work);
        throw new Error('the moment was lost');
      },
    };
    await expect(Array.fromAsync(streamOfOneMoment<Numbers, number>(broken, view => view.numbers()))).rejects.toThrow(
      'the moment was lost',
    );
  });
});
