/**
 * Repeats a request whose key was refused when the key's function now returns another one. Loaded with the first 401 of an
 * endpoint.
 */
import type { ResolvedModel } from '../config/resolved.ts';
import type { HttpRequest } from './http-request.ts';
import { addressed } from './http-request.ts';

export interface RefusedKey {
  readonly model: ResolvedModel;
  readonly request: HttpRequest;
  /** The request as it was sent. Its headers are replaced by new ones. */
  readonly init: RequestInit;
  /** The 401. */
  readonly response: Response;
}

/**
 * Sends the request again with a new key, and returns the response; returns the 401 if the key is still the same. The endpoint has read
 * nothing but the key, so the refused request is not an attempt.
 */
export async function answeredWithNewKey({ model, request, init, response }: RefusedKey): Promise<Response> {
  const { headers: sent, ...others } = init;
  const { headers } = request.init;
  const again: RequestInit = { ...others, ...(headers !== undefined && { headers }) };
  let url: string;
  try {
    url = await addressed(model, request, again);
  } catch {
    return response;
  }
  if (textOf(again.headers) === textOf(sent)) return response;
  Object.assign(init, again);
  await response.body?.cancel();
  return request.fetch(url, init);
}

function textOf(headers: RequestInit['headers']): string {
  return JSON.stringify([...new Headers(headers)]);
}
