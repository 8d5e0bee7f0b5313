/** Which Node this package needs. Read before anything else is imported, so it must run on Nodes that are too old. */

/**
 * What to tell somebody whose Node is too old, or `undefined` when it will do.
 *
 * @param current `process.versions.node`
 * @param range the package's `engines.node`, of the form `>=22.13`
 */
export function unsupportedNode(current: string, range: string): string | undefined {
  const needed = range.replace(/^>=\s*/, '');
  const [major, minor] = parts(current);
  const [neededMajor, neededMinor] = parts(needed);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return undefined;
  return `outcome-router needs Node.js ${needed} or newer; this is ${current}.`;
}

function parts(version: string): readonly [number, number] {
  const [major = '', minor = ''] = version.split('.');
  return [Number(major), Number(minor)];
}
