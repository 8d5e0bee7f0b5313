/** Thompson sampling that looks at the context of a request as far as the context says something. */
import type { Policy } from './policy.ts';
import type { ThompsonOptions } from './thompson.ts';
import { samplingPolicy } from './thompson.ts';

export function contextual(options: ThompsonOptions = {}): Policy {
  return samplingPolicy(options, { name: 'contextual', believe: (learned, nowMs) => learned.mixture(nowMs) });
}
