/** The fake provider's paths that cost nothing. */
import type { FakeModel } from './fake-model.ts';
import type { Json } from './fake-request.ts';

/** A response that the server stores, and the length of the conversation that it continues. */
export interface Remembered {
  readonly chars: number;
  /** The response in its state at the retrieval. */
  retrieve(): Json;
}

export interface OtherPath {
  readonly path: string;
  /** The request's body, and the model that it names. */
  readonly text: string;
  readonly model: string;
  readonly models: ReadonlyMap<string, FakeModel>;
  readonly remembered: ReadonlyMap<string, Remembered>;
}

/** Answers OpenAI's model list and stored responses, Anthropic's token counting, and every other path with 404. */
export function otherPath({
  path,
  text,
  model,
  models,
  remembered,
}: OtherPath): readonly [status: number, body: unknown] {
  const asModel = (id: string): Json => ({ id, object: 'model', created: 1_767_225_600, owned_by: 'fake' });
  if (path === '/v1/messages/count_tokens') {
    if (models.has(model)) return [200, { input_tokens: Math.ceil(text.length / 4) }];
    return [404, { type: 'error', error: { type: 'not_found_error', message: `model: ${model}` } }];
  }
  if (path === '/v1/models') return [200, { object: 'list', data: [...models.keys()].map(asModel) }];
  const [, kind, id = ''] = /^\/v1\/(models|responses)\/([^/]+)$/.exec(path) ?? [];
  const name = decodeURIComponent(id);
  if (kind === 'models' && models.has(name)) return [200, asModel(name)];
  const kept = kind === 'responses' ? remembered.get(name)?.retrieve() : undefined;
  if (kept !== undefined) return [200, kept];
  const message = `Invalid URL (${path})`;
  return [404, { error: { message, type: 'invalid_request_error', param: null, code: null } }];
}
