/** For stores that do something to each change: a `commitAll` that takes them in turn, and rejects with the first that does. */
import type { Change, ChangeResult, Store } from '../../src/contracts/store.ts';

export function oneByOne(commit: (change: Change) => Promise<ChangeResult>): Store['commitAll'] {
  return async changes => {
    const answers: ChangeResult[] = [];
    for (const change of changes) answers.push(await commit(change));
    return answers;
  };
}
