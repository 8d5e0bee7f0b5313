/** Alerts that only a running router knows: open circuits, budgets that run low, and features whose new intents are refused. */
import type { Attention } from '../core/report/attention.ts';
import { CIRCUIT_OPEN, INTENTS_REFUSED } from '../core/report/live-state-words.ts';
import { formatUsdApart } from '../core/report/wording.ts';
import type { ReachRouter } from './plan-clients.ts';

/** Features asked about at a time, the most expensive ones. More: a slower first view of a process with many features. */
const MAX_ASKED = 20;

/**
 * @param features the most expensive first
 * @returns `undefined` if no running router could be asked, so that nothing is known
 */
export async function liveAttention(
  router: ReachRouter | undefined,
  features: readonly string[],
): Promise<readonly Attention[] | undefined> {
  if (router === undefined) return undefined;
  const asked = features.slice(0, MAX_ASKED);
  const states = await Promise.all(asked.map(async feature => router.explain(feature).catch(() => undefined)));
  const isRunning = states.some(state => state?.costMultiplier !== undefined);
  if (!isRunning) return undefined;
  return states.flatMap((state, i) => (state === undefined ? [] : stateAttention(asked[i] as string, state)));
}

function stateAttention(
  feature: string,
  { plans, costMultiplier = 1, notes = [] }: Awaited<ReturnType<ReachRouter['explain']>>,
): readonly Attention[] {
  const found: Attention[] = [];
  const open = plans.filter(({ exclusionReasons = [] }) => exclusionReasons.includes(CIRCUIT_OPEN));
  if (open.length > 0) {
    const names = open.map(({ plan, description }) => description ?? plan).join('; ');
    found.push({ kind: 'circuit open', severity: 'act', feature, sentence: `${names}: ${CIRCUIT_OPEN}.` });
  }
  const refused = notes.find(note => note.startsWith(INTENTS_REFUSED));
  if (refused !== undefined) found.push({ kind: 'budget', severity: 'act', feature, sentence: refused });
  else if (costMultiplier > 1) {
    const sentence = `A budget is running low: a dollar of spend counts as ${formatUsdApart(costMultiplier, 1)(costMultiplier)} in the choice.`;
    found.push({ kind: 'budget', severity: 'act', feature, sentence });
  }
  return found;
}
