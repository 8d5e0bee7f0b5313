/** Loads a package of this folder: a module is looked up from where the `import` is written. */
export async function load(name: string): Promise<unknown> {
  return import(name);
}
