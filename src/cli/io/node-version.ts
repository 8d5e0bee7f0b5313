/** The minimum Node version. This file is loaded before any other, so it must run on versions that are too old. */

/**
 * The error message for a Node that is too old; `undefined` if it is recent enough.
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
