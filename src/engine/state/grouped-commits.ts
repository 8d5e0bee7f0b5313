/** Sends the changes that are made within one task to the store in one call. */
import type { Change, ChangeResult, Store } from '../../contracts/store.ts';

/** Changes in one call. More of them take fewer calls, and fail together when a call fails. */
const MAX_CHANGES = 500;

interface ChangeGroup {
  readonly changes: Change[];
  readonly answers: Promise<readonly ChangeResult[]>;
}

/** Resolves to the store's answer to the change, and rejects when the call that contains the change fails. */
export function groupedCommits(store: Pick<Store, 'name' | 'commitAll'>) {
  let group: ChangeGroup | undefined;

  function newGroup(): ChangeGroup {
    const changes: Change[] = [];
    const started: ChangeGroup = {
      changes,
      // One microtask later the task has made all of its changes.
      answers: Promise.resolve().then(async () => {
        if (group === started) group = undefined;
        return store.commitAll(changes);
      }),
    };
    return started;
  }

  return async (change: Change): Promise<ChangeResult> => {
    if (group === undefined || group.changes.length === MAX_CHANGES) group = newGroup();
    const index = group.changes.push(change) - 1;
    const answer = (await group.answers)[index];
    if (answer === undefined) throw new TypeError(`${store.name} has not answered to every change`);
    return answer;
  };
}
