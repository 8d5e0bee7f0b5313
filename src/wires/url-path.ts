/** True when the path of a URL, without its query, ends with an API's path. */
export function endsWithPath(url: string, path: string): boolean {
  // No regular expression, because every call is compared with the paths of all APIs.
  const hash = url.indexOf('#');
  const end = hash < 0 ? url.length : hash;
  const query = url.indexOf('?');
  return url.endsWith(path, query < 0 ? end : Math.min(query, end));
}
