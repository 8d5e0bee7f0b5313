/** What a function makes of each small whole number, made once. */
export function memoized<Made>(make: (key: number) => Made): (key: number) => Made {
  const known: Made[] = [];
  return key => (known[key] ??= make(key));
}
