/** True when the path of a URL, without its query, ends with an API's path. */
export function endsWithPath(url: string, path: string): boolean {
  const query = url.search(/[?#]/);
  return url.endsWith(path, query < 0 ? url.length : query);
}
