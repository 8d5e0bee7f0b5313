/** Any text. With a text of its own beside it, the compiler keeps the names in a configuration that is checked with `satisfies`. */
export type AnyName = '' | (string & {});
