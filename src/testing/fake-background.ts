/** Responses that the provider writes in the background: queued, then in progress, then complete. */
import type { Json } from './fake-request.ts';

export interface BackgroundResponse {
  /** The response with which the request is answered. */
  readonly queued: Json;
  /** At each retrieval, the response has advanced by one step. */
  retrieve(): Json;
}

/** `completed` is called once, when the whole response is retrieved for the first time. */
export function inBackground(response: Json, completed: () => void): BackgroundResponse {
  const { completed_at: _completed, ...begun } = response;
  const unfinished = { ...begun, output: [], usage: null, incomplete_details: null };
  const steps = [{ ...unfinished, status: 'in_progress' }];
  let isCharged = false;
  return {
    queued: { ...unfinished, status: 'queued' },
    retrieve() {
      const step = steps.shift();
      if (step !== undefined) return step;
      if (!isCharged) completed();
      isCharged = true;
      return response;
    },
  };
}
