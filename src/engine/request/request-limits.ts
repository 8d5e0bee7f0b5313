/** The time limits of a request: the feature's, and those of the client that made it. */
import type { Runtime } from '../../runtime.ts';
import type { Deadline } from '../attempts/time-limit.ts';
import type { RoutedRequest } from './routed-request.ts';

/** The deadline of a request that begins now; `undefined` where its feature sets no limit. */
export function deadlineOf(
  { feature }: Pick<RoutedRequest, 'feature'>,
  { elapsedMs }: Pick<Runtime, 'elapsedMs'>,
): Deadline | undefined {
  const { deadlineMs } = feature.config;
  return deadlineMs === undefined ? undefined : { atMs: elapsedMs() + deadlineMs, passed: false };
}

/** Milliseconds that each attempt may take: the shorter of the client's limit and the feature's. */
export function attemptLimitOf({
  feature,
  attemptTimeoutMs: own,
}: Pick<RoutedRequest, 'feature' | 'attemptTimeoutMs'>): number | undefined {
  const { attemptTimeoutMs: configured } = feature.config;
  return own === undefined || configured === undefined ? (own ?? configured) : Math.min(own, configured);
}
