/** The figures of docs/verdicts.md: the same two models with a good verdict and with a weak one, simulated. */
import { join } from 'node:path';
import { describePlan, formatPercent, formatUsd } from '../src/core/report/wording.ts';
import type { FigureBlock } from './figure-blocks.ts';
import { markdownTable } from './figure-blocks.ts';
import { capture } from './run.ts';
import { ROOT } from './sources.ts';

/** The parts of the output of `simulate --json` that the tables need. */
interface Simulated {
  readonly intents: number;
  readonly plans: readonly string[];
  readonly policies: readonly {
    readonly policy: string;
    readonly spendUsd: number;
    readonly successRate: number;
    readonly costPerIntentUsd: number;
    readonly chosen: Readonly<Record<string, number>>;
  }[];
}

/** Per verdict: the fraction of the bad replies that it rejects, and of the good ones that it accepts. */
const VERDICTS = { good: '0.9,0.98', weak: '0.5,0.9' };

const ALWAYS = ['always:mini', 'always:mini>premium', 'always:premium'];

export const VERDICT_FIGURES: Readonly<Record<string, FigureBlock>> = Object.fromEntries(
  Object.entries(VERDICTS).map(([name, verdict]) => {
    const models = '--model mini:0.004:90% --model premium:0.06:97.5% --failure-cost 2.5 --intents 2000';
    const args = `${models} --verdict ${verdict} --policy thompson ${ALWAYS.join(' ')}`.split(' ');
    const command = `npx outcome-router simulate ${args.map(arg => (arg.includes('>') ? `'${arg}'` : arg)).join(' ')}`;
    return [`verdict-${name}`, { command, exact: true, make: () => verdictTable(args) }];
  }),
);

function verdictTable(args: readonly string[]): string {
  const { status, stdout, stderr } = capture('node', [join(ROOT, 'src/cli/main.ts'), 'simulate', ...args, '--json']);
  if (status !== 0) throw new Error(stderr);
  const { intents, plans, policies } = JSON.parse(stdout) as Simulated;
  const chosen = policies.find(({ policy }) => policy === 'thompson')?.chosen ?? {};
  const rows = policies.map(({ policy, successRate, spendUsd, costPerIntentUsd }) => {
    const plan = plans.find(each => policy === `always:${each}`);
    return [
      plan === undefined ? '**the router**' : `always ${describePlan(plan)}`,
      formatPercent(successRate),
      formatUsd(spendUsd / intents),
      formatUsd(costPerIntentUsd),
      plan === undefined ? '' : formatPercent((chosen[plan] ?? 0) / intents),
    ];
  });
  return markdownTable(['', 'success', 'model spend', 'cost per intent', 'the router chooses it for'], rows);
}
