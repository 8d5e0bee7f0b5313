/** Any text, written as a union so that the compiler keeps the literal names in a configuration that is checked with `satisfies`. */
export type AnyName = '' | (string & {});
