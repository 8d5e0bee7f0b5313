/** Answers single questions together: a store or an archive answers for hundreds of intents as fast as for one. */

/**
 * Collects the requested keys until the question is sent. All of them get the answer to the question, or its error.
 *
 * @param question - Called with the first key. It waits for its turn, and takes the keys when it is sent; later keys belong
 *   to the next question
 */
export function askedTogether<Answer>(
  question: (take: () => ReadonlySet<string>) => Promise<Answer>,
): (key: string) => Promise<Answer> {
  let waiting: { readonly keys: Set<string>; readonly answer: Promise<Answer> } | undefined;

  async function ask(keys: ReadonlySet<string>): Promise<Answer> {
    const end = (): void => {
      if (waiting?.keys === keys) waiting = undefined;
    };
    // Once this promise has resolved, the first key is in the list.
    await Promise.resolve();
    try {
      return await question(() => {
        end();
        return keys;
      });
    } finally {
      // The question may have failed before it was sent.
      end();
    }
  }

  return async key => {
    if (waiting === undefined) {
      const keys = new Set<string>();
      waiting = { keys, answer: ask(keys) };
    }
    waiting.keys.add(key);
    return waiting.answer;
  };
}
