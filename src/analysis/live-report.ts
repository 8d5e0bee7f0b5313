/** The report of a running router, from its store and with its own configuration. */
import type { Period } from '../core/cells/period.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';
import { seededRandom } from '../core/math/random.ts';
import { sumsByPlan } from '../core/cells/sums.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import type { RouterReport } from '../core/report/router-report.ts';
import type { Engine } from '../engine/engine.ts';
import { checkNames, invalidValue } from '../errors.ts';
import { ofAllSegments } from './all-segments.ts';
import { configuredFacts } from './configured-facts.ts';
import type { RouterReportOptions } from './report-options.ts';
import { reportOf } from './report.ts';
import type { LimitingRouter } from './routed-now.ts';
import { routedNow } from './routed-now.ts';
import { upToDate } from './up-to-date.ts';

const OPTIONS = [
  'features',
  'period',
  'againstMs',
  'baseline',
  'progress',
  'brief',
  'halfWidthUsd',
] satisfies (keyof RouterReportOptions)[];
const PERIOD = ['fromMs', 'toMs'] satisfies (keyof Period)[];

/** The parts of a running router that its report reads. */
export type ReportedRouter = Pick<Engine, 'config' | 'feed' | 'flush' | 'store'> & LimitingRouter;

/** Reports everything recorded so far, on every configured feature and every other feature in the store. */
export async function reportRouter(router: ReportedRouter, options: RouterReportOptions = {}): Promise<RouterReport> {
  const { config, flush, runtime, store } = router;
  checkOptions(options);
  await flush();
  const features = options.features ?? [...new Set([...config.features.keys(), ...(await store.features())])];
  await checkBaseline(options.baseline, router, features);
  // A report says what the next decision would be, with everything that other processes have written.
  for (const name of features) if (config.features.has(name)) await upToDate(router, name);
  const baseline = options.baseline ?? (options.brief === true ? undefined : heldOut(config, features));
  return reportOf(store, {
    ...options,
    ...(baseline === undefined ? {} : { baseline }),
    features,
    nowMs: runtime.nowMs(),
    facts(name) {
      const feature = config.features.get(name);
      if (feature === undefined) return undefined;
      const state = router.feature(name);
      const versions = state.versions();
      return {
        ...configuredFacts(feature, runtime.nowMs()),
        configuredAtMs: state.configuredAtMs,
        learned: cells => ofAllSegments(state, versions, cells),
        allocation(view) {
          const { policy, plans, objective } = state.config;
          try {
            return policy.allocation?.({ ...view, feature: name, plans, objective }, seededRandom('explain'));
          } catch {
            // A policy that fails is replaced by another one for each decision: a report must not fail with it.
            return undefined;
          }
        },
        routedNow: learned => routedNow(router, name, learned),
      };
    },
  });
}

/** The model to which all configured holdouts of these features send intents; `undefined` if there is no such model, or more than one. */
function heldOut({ features }: ReportedRouter['config'], names: readonly string[]): PlanKey | undefined {
  const [model, ...others] = new Set(names.flatMap(name => features.get(name)?.holdout?.model ?? []));
  return others.length === 0 ? model : undefined;
}

/** Checks every option that a JavaScript caller may get wrong: a report on an unintended period would look correct. */
function checkOptions(options: RouterReportOptions): void {
  checkNames(options, OPTIONS, 'report');
  const { features, period, againstMs, progress, brief, halfWidthUsd } = options;
  if (features !== undefined && !(Array.isArray(features) && features.every(name => typeof name === 'string')))
    throw invalidValue(features, 'report.features', 'a list of names');
  if (brief !== undefined && typeof brief !== 'boolean') throw invalidValue(brief, 'report.brief', 'true or false');
  if (progress !== undefined && typeof progress !== 'function')
    throw invalidValue(progress, 'report.progress', 'a function');
  if (period !== undefined) checkNames(period, PERIOD, 'report.period');
  const times = { 'period.fromMs': period?.fromMs, 'period.toMs': period?.toMs, againstMs, halfWidthUsd };
  for (const [name, value] of Object.entries(times)) {
    if (value !== undefined && !Number.isFinite(value)) throw invalidValue(value, `report.${name}`, 'a number');
  }
}

/** A misspelt plan would be refused feature by feature, with a reason that does not name it. */
async function checkBaseline(
  baseline: unknown,
  { config, store }: ReportedRouter,
  features: readonly string[],
): Promise<void> {
  if (baseline === undefined) return;
  const plans = new Set([...config.features.values()].flatMap(feature => feature.plans.map(planKey)));
  const isKnown = (): boolean => typeof baseline === 'string' && plans.has(baseline);
  if (isKnown()) return;
  // The model that was replaced is the usual baseline, and then it is often no longer configured.
  for (const feature of features) for (const plan of sumsByPlan(await store.cells(feature)).keys()) plans.add(plan);
  if (!isKnown()) throw invalidValue(baseline, 'report.baseline', [...plans].sort().join(', '));
}
