/** Several reads that must agree with each other: of one moment, where the source can do that. */

/** A store. Its `consistently` passes a view of one moment to the work; a source without this method is read as it is. */
interface Consistent<View> {
  consistently<Result>(work: (view: View) => Promise<Result>): Promise<Result>;
}

function isConsistent<View>(source: object): source is Consistent<View> {
  return 'consistently' in source && typeof source.consistently === 'function';
}

/** Does the work on a store's view of one moment, or on a source that has no such views. */
export async function ofOneMoment<Source extends object, Result>(
  source: Source,
  work: (view: Source) => Promise<Result>,
): Promise<Result> {
  return isConsistent<Source>(source) ? source.consistently(work) : work(source);
}

/** {@link ofOneMoment} for a generator: the view lasts until the last item was taken, or the consumer stops. */
export async function* streamOfOneMoment<Source extends object, Item>(
  source: Source,
  read: (view: Source) => AsyncIterable<Item>,
): AsyncGenerator<Item> {
  const opened = Promise.withResolvers<Source>();
  const finished = Promise.withResolvers<void>();
  const done = ofOneMoment(source, async view => {
    opened.resolve(view);
    await finished.promise;
  });
  done.catch(opened.reject);
  try {
    yield* read(await opened.promise);
  } finally {
    finished.resolve();
    await done;
  }
}
