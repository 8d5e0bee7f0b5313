/** True when the path of a URL, without its query, ends with an API's path. */
export function endsWithPath(url: string, path: string): boolean {
  if (url.endsWith(path)) return true;
  const query = url.search(/[?#]/);
  return query >= 0 && url.endsWith(path, query);
}
