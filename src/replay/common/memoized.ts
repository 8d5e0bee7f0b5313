/** Caches the results of a function of small whole numbers, so that each result is computed once. */
export function memoized<Made>(make: (key: number) => Made): (key: number) => Made {
  const known: Made[] = [];
  return key => (known[key] ??= make(key));
}
