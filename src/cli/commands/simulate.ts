/** `outcome-router simulate`: policies in a world with your models' prices and success rates, delays and missing outcomes. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { planKey } from '../../core/ledger/vocabulary.ts';
import type { Objective, Policy } from '../../contracts/policy.ts';
import { RouterError } from '../../errors.ts';
import { renderOfflineReport } from '../../exports/html/offline-report.ts';
import { renamed, namedPolicy } from '../../replay/common/named-policies.ts';
import { startSimulation } from '../../replay/worlds/simulate.ts';
import type { World } from '../../replay/worlds/world.ts';
import { cascadeWorld } from '../../replay/worlds/cascade-world.ts';
import { explicitly, modelsWorld } from '../../replay/worlds/world.ts';
import { parseCount, parseFraction, parsePositiveCount } from '../io/numbers.ts';
import { parseUsd, parseVerdict, withOffline } from '../io/offline-options.ts';
import { writeFileWhole } from '../io/output-file.ts';
import { printResult } from '../io/output.ts';
import { startProgress } from '../io/progress.ts';
import type { ResultSource } from '../io/result-source.ts';
import { resultSource } from '../io/result-source.ts';
import type { SimulatedPolicy, SimulationReport } from '../text/simulate-text.ts';
import { renderSimulation, simulationReport } from '../text/simulate-text.ts';

/** `mini:0.0019:0.7`, or with another success rate in the second half: `premium:0.014:0.95:0.55`. */
interface Model {
  readonly name: string;
  readonly costUsd: number;
  readonly success: number;
  readonly successLater?: number;
}

interface SimulateFlags {
  readonly model?: readonly Model[];
  readonly failureCost: number;
  readonly intents: number;
  readonly runs: number;
  readonly labelled: number;
  readonly delay: number;
  readonly verdict?: ReturnType<typeof parseVerdict>;
  readonly policy?: readonly string[];
  readonly perSuccess?: boolean;
  readonly seed: string;
  readonly html?: string;
  readonly json?: boolean;
}

/** The published example: a mini model that needs five turns, and a reasoning model that needs one. */
const EXAMPLE: readonly Model[] = [
  { name: 'mini', costUsd: 0.0019, success: 0.7 },
  { name: 'reasoning', costUsd: 0.014, success: 0.95 },
];
const DEFAULT_POLICIES = ['thompson', 'epsilon-greedy', 'random-mix', 'commit-after-100'];
/** Points of the regret curve. More make the HTML page larger. */
const CHECKPOINTS = 60;

/** Adds `simulate` to the program. */
export function register(program: Command): void {
  withOffline(program.command('simulate'))
    .description('Run policies in a simulated world: what exploration costs, and what it saves.')
    .option(
      '--model <models...>',
      'NAME:USD:SUCCESS[:LATER] of each model, cheapest first: USD per intent, success rate (and that of the second half)',
      (text: string, before: readonly Model[] | undefined) => [...(before ?? []), parseModel(text)],
    )
    .option('--failure-cost <usd>', 'cost of a failed intent, USD', parseUsd, 15)
    .option('--intents <n>', 'intents per run', parsePositiveCount, 10_000)
    .option('--runs <n>', 'runs to average over', parsePositiveCount, 4)
    .option('--labelled <fraction>', 'fraction of intents that ever get an outcome', parseFraction, 1)
    .option('--delay <intents>', 'outcomes arrive up to this many intents later', parseCount, 0)
    .option(
      '--verdict <rates>',
      'add a judge, and plans that climb by it (two models): SENSITIVITY,SPECIFICITY[,USD]',
      parseVerdict,
    )
    .option('--per-success', 'minimise the cost per success instead of the cost per intent')
    .action(async (flags: SimulateFlags, command: Command) => {
      const result: SimulationReport = { ...run(flags), ...resultSource(command) };
      printResult(result, flags, renderSimulation);
      if (flags.html !== undefined) await writeFileWhole(flags.html, [renderOfflineReport(simulationReport(result))]);
    });
}

function parseModel(text: string): Model {
  const [name = '', cost = '', success = '', later, ...more] = text.split(':');
  if (name === '' || success === '' || more.length > 0) throw new InvalidArgumentError('Not NAME:USD:SUCCESS[:LATER].');
  const costUsd = parseUsd(cost);
  return {
    name,
    costUsd,
    success: parseFraction(success),
    ...(later === undefined ? {} : { successLater: parseFraction(later) }),
  };
}

function worldOf(flags: SimulateFlags): World {
  const { model: models = EXAMPLE, failureCost: failureCostUsd, intents, labelled, delay, verdict } = flags;
  if (models.length < 2) {
    throw new RouterError('invalid-value', 'one model leaves no choice', {
      path: '--model',
      accepted: 'two or more, as NAME:USD:SUCCESS[:LATER]',
    });
  }
  const names = models.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    throw new RouterError('invalid-name', 'two models have the same name', { path: '--model' });
  }
  const isPartial = labelled < 1 || delay > 0;
  if (verdict !== undefined) {
    if (isPartial || models.some(({ successLater }) => successLater !== undefined)) {
      throw new RouterError('invalid-value', 'cannot be combined with missing, delayed or changing outcomes', {
        path: '--verdict',
        accepted: 'without --labelled, --delay and LATER',
      });
    }
    return climbing(models, { failureCostUsd, verdict });
  }
  return modelsWorld({
    name: 'simulated',
    failureCostUsd,
    models: models.map(({ name, costUsd, success, successLater }) => ({
      name,
      costUsd,
      success: successLater === undefined ? success : step => (step < intents / 2 ? success : successLater),
    })),
    ...(isPartial
      ? { evidence: explicitly({ fraction: labelled, delaySteps: random => Math.floor((delay + 1) * random.next()) }) }
      : {}),
  });
}

function climbing(
  models: readonly Model[],
  { failureCostUsd, verdict }: { failureCostUsd: number; verdict: NonNullable<SimulateFlags['verdict']> },
): World {
  const [cheap, premium, ...more] = models;
  if (cheap === undefined || premium === undefined || more.length > 0) {
    throw new RouterError('invalid-value', 'plans with a verdict are simulated for two models only', {
      path: '--verdict',
      accepted: 'with two --model',
    });
  }
  return cascadeWorld({
    name: 'simulated',
    cheap,
    premium: {
      name: premium.name,
      costUsd: premium.costUsd,
      // No option sets a correlation, so the models succeed independently of each other.
      successIfCheapDid: premium.success,
      successIfNot: premium.success,
    },
    sensitivity: verdict.sensitivity,
    specificity: verdict.specificity,
    judgeCostUsd: verdict.costUsd ?? 0,
    failureCostUsd,
  });
}

function run(flags: SimulateFlags): Omit<SimulationReport, keyof ResultSource> {
  const world = worldOf(flags);
  const { intents, runs, seed } = flags;
  const names = flags.policy ?? [...DEFAULT_POLICIES, ...world.plans.map(plan => `always:${planKey(plan)}`)];
  const chosen = names.map(name => renamed(name, namedPolicy(name, world.plans).policy));
  const progress = startProgress({ label: 'simulating', total: names.length * runs * intents, silent: flags.json });
  const objective = flags.perSuccess === true ? 'cost-per-success' : 'cost-per-intent';
  const options = { intents, runs, seed, objective, advance: () => progress.advance() } as const;
  const policies = chosen.map(policy => simulated(world, policy, options));
  progress.done();
  return { intents, runs, failureCostUsd: world.failureCostUsd, plans: world.plans.map(planKey), policies };
}

interface SimulatedRunOptions {
  readonly intents: number;
  readonly runs: number;
  readonly seed: string;
  readonly objective: Objective;
  /** Called after every simulated intent. */
  readonly advance: () => void;
}

/** Means of a policy over the runs, in total and at each checkpoint. */
function simulated(world: World, policy: Policy, options: SimulatedRunOptions): SimulatedPolicy {
  const { intents, runs, seed, objective, advance } = options;
  const every = Math.max(1, Math.ceil(intents / CHECKPOINTS));
  const regrets: number[] = [];
  const means = { spendUsd: 0, failures: 0, oracleUsd: 0 };
  const curve: { regretUsd: number; readonly chosen: Record<string, number> }[] = [];
  for (let i = 0; i < runs; i++) {
    const simulation = startSimulation(world, policy, { seed: `${seed}/${i}`, objective });
    for (let step = 0, index = 0; step < intents; step++) {
      simulation.step();
      advance();
      if ((step + 1) % every !== 0 && step < intents - 1) continue;
      const { regretUsd, chosen } = simulation.result();
      const point = (curve[index] ??= { regretUsd: 0, chosen: {} });
      point.regretUsd += regretUsd / runs;
      for (const [plan, count] of Object.entries(chosen)) point.chosen[plan] = (point.chosen[plan] ?? 0) + count / runs;
      index++;
    }
    const { regretUsd, spendUsd, failures, oracleUsd } = simulation.result();
    regrets.push(regretUsd);
    means.spendUsd += spendUsd / runs;
    means.failures += failures / runs;
    means.oracleUsd += oracleUsd / runs;
  }
  const regretUsd = regrets.reduce((sum, regret) => sum + regret, 0) / runs;
  const variance = regrets.reduce((sum, regret) => sum + (regret - regretUsd) ** 2, 0) / Math.max(1, runs - 1);
  return {
    policy: policy.name,
    regretUsd,
    regretError: Math.sqrt(variance / runs),
    oracleUsd: means.oracleUsd,
    spendUsd: means.spendUsd,
    successRate: 1 - means.failures / intents,
    costPerIntentUsd: (means.spendUsd + world.failureCostUsd * means.failures) / intents,
    chosen: curve.at(-1)?.chosen ?? {},
    curve: curve.map((point, index) => ({ intents: Math.min(intents, (index + 1) * every), ...point })),
  };
}
