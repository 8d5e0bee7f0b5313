/** `outcome-router calc`: cost per intent and per success from a few rates, for one set-up or two. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { SetUpComparison, SetUp } from '../../core/calculator/calculator.ts';
import type { IntentsOfTurns } from '../../core/calculator/by-turns.ts';
import { setUpByTurns } from '../../core/calculator/by-turns.ts';
import { compareSetUps, costsOf } from '../../core/calculator/calculator.ts';
import { samplesNeeded } from '../../core/calculator/sample-size.ts';
import type { Claim, PresetName } from '../../core/calculator/presets.ts';
import { PRESET_NAMES, preset } from '../../core/calculator/presets.ts';
import { RouterError } from '../../errors.ts';
import type { Calculation, Named, SamplesNeeded } from '../text/calc-text.ts';
import { renderCalculation } from '../text/calc-text.ts';
import { choice, requireName } from '../io/choice.ts';
import { relocated } from '../io/failure.ts';
import { parseCount, parseNumber } from '../io/numbers.ts';
import { printResult, withJson } from '../io/output.ts';

/** Option names and the fields of a set-up that they set. */
const FIELDS = {
  'token-cost': 'tokenCostUsd',
  turns: 'turns',
  'retry-rate': 'retryRate',
  overhead: 'overheadUsd',
  success: 'successRate',
  escalation: 'escalationRate',
  'failure-cost': 'failureCostUsd',
  'cost-sd': 'costSdUsd',
  samples: 'sampleSize',
} as const satisfies Record<string, keyof SetUp>;
type FieldName = keyof typeof FIELDS;

type Fields = Partial<Record<keyof SetUp, number>>;

interface Options {
  readonly tokenCost?: number;
  readonly turns?: number;
  readonly byTurns?: readonly IntentsOfTurns[];
  readonly retryRate?: number;
  readonly overhead?: number;
  readonly success?: number;
  readonly escalation?: number;
  readonly failureCost?: number;
  readonly costSd?: number;
  readonly samples?: number;
  readonly versus?: Fields;
  readonly precision?: number;
  readonly preset?: PresetName;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const calc = program
    .command('calc')
    .description('Calculate the cost per intent and per success of a set-up, or compare two.')
    .option('--token-cost <usd>', 'tokens of one reply, USD', parseNumber)
    .option('--turns <n>', 'replies per intent (default 1)', parseNumber)
    .option(
      '--by-turns <groups>',
      'spend:success:weight of the intents of each number of turns, in place of --token-cost, --turns and --success: "0.02:95%:60%,0.4:40%:10%"',
      parseByTurns,
    )
    .option('--retry-rate <rate>', 'paid retries per reply: 0.35 or 35% (default 0)', parseNumber)
    .option('--overhead <usd>', 'orchestration and judges per intent, USD (default 0)', parseNumber)
    .option('--success <rate>', 'fraction of intents that succeed: 0.95 or 95%', parseNumber)
    .option('--escalation <rate>', 'fraction handed to a person (default: all that do not succeed)', parseNumber)
    .option('--failure-cost <usd>', 'cost of one human handoff, USD', parseNumber)
    .option('--cost-sd <usd>', 'standard deviation of the spend per intent, USD (default 0)', parseNumber)
    .option('--samples <n>', 'labelled intents behind the rates; adds 95 % intervals', parseCount)
    .option(
      '--versus <fields>',
      'a second set-up, by the options that differ: "token-cost=0.014,turns=1,success=95%"',
      parseFields,
    )
    .option('--precision <usd>', 'print how many labelled intents are needed for this half-width', parseNumber)
    .addOption(choice('--preset <name>', 'a published comparison, checked claim by claim', PRESET_NAMES))
    .addHelpText('after', EXAMPLES)
    .action((options: Options) => {
      printResult(calculated(options), options, renderCalculation);
    });
  withJson(calc);
}

const EXAMPLES = `
Examples:
  outcome-router calc --preset article
  outcome-router calc --failure-cost 15 --samples 400 --by-turns 0.02:95%:60%,0.07:80%:30%,0.4:40%:10%
  outcome-router calc --token-cost 0.0019 --success 70% --failure-cost 15 --samples 100 \\
    --versus token-cost=0.014,success=95% --precision 0.20`;

function calculated(options: Options): Calculation {
  try {
    return calculate(options);
  } catch (error) {
    throw relocated(error, optionOf);
  }
}

/** `successRate` → `--success`. */
function optionOf(field: string | undefined): string | undefined {
  const name = nameOf(field);
  return name === undefined ? undefined : `--${name}`;
}

/** `successRate` → `success`. */
function nameOf(field: string | undefined): string | undefined {
  const [name] = Object.entries({ ...FIELDS, precision: 'precisionUsd' }).find(([, own]) => own === field) ?? [];
  return name;
}

function calculate(options: Options): Calculation {
  const { precision } = options;
  const described = options.preset === undefined ? fromOptions(options) : fromPreset(options.preset, options);
  const { setUps, claims } = described;
  const [first, second] = setUps;
  if (second !== undefined) check(first.setUp, second.setUp);
  const compared = second === undefined ? undefined : compareSetUps(first.setUp, second.setUp);
  return {
    setUps: setUps.map(named => ({
      ...named,
      costs: costsOf(named.setUp),
      ...(precision === undefined ? {} : { samplesNeeded: needed(named.setUp, precision) }),
    })),
    ...(compared === undefined ? {} : { comparison: withoutCosts(compared) }),
    ...(claims === undefined ? {} : { claims }),
  };
}

/** Errors of the second set-up are reported at `--versus`: the first one may have another value of the same name. */
function check(first: SetUp, second: SetUp): void {
  costsOf(first);
  try {
    costsOf(second);
  } catch (error) {
    throw relocated(error, field => `--versus ${nameOf(field)}`);
  }
}

interface Described {
  readonly setUps: readonly [Named] | readonly [Named, Named];
  readonly claims?: readonly Claim[];
}

function fromPreset(name: PresetName, options: Options): Described {
  const own = Object.keys(ownFields(options));
  if (own.length > 0 || options.versus !== undefined) {
    throw new RouterError('invalid-value', 'a preset has its own values', {
      path: '--preset',
      accepted: '--precision, --json',
    });
  }
  const { first, second, claims } = preset(name);
  return { setUps: [first, second], claims };
}

function fromOptions(options: Options): Described {
  const first = { ...ownFields(options), ...ofTurns(options) };
  const required = {
    'token-cost': first.tokenCostUsd,
    success: first.successRate,
    'failure-cost': first.failureCostUsd,
  };
  for (const [name, value] of Object.entries(required)) {
    if (value === undefined)
      throw new RouterError('invalid-value', `--${name} is required without --preset`, { path: 'calc' });
  }
  const setUp = first as SetUp;
  const { versus } = options;
  if (versus === undefined) return { setUps: [{ name: 'set-up', setUp }] };
  return {
    setUps: [
      { name: 'first', setUp },
      { name: 'second', setUp: { ...setUp, ...versus } },
    ],
  };
}

function ownFields(options: Options): Fields {
  const given: readonly (readonly [keyof SetUp, number | undefined])[] = [
    ['tokenCostUsd', options.tokenCost],
    ['turns', options.turns],
    ['retryRate', options.retryRate],
    ['overheadUsd', options.overhead],
    ['successRate', options.success],
    ['escalationRate', options.escalation],
    ['failureCostUsd', options.failureCost],
    ['costSdUsd', options.costSd],
    ['sampleSize', options.samples],
  ];
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** @throws RouterError `invalid-value` if another option states the same figure */
function ofTurns({ byTurns, tokenCost, turns, success, retryRate, costSd, failureCost = 0 }: Options): Fields {
  if (byTurns === undefined) return {};
  if ([tokenCost, turns, success, retryRate, costSd].some(given => given !== undefined))
    throw new RouterError('invalid-value', '--by-turns already states this for each number of turns', {
      path: '--by-turns',
      accepted: 'no --token-cost, --turns, --success, --retry-rate or --cost-sd beside it',
    });
  const {
    tokenCostUsd,
    successRate,
    costSdUsd = 0,
    correlation = 0,
  } = setUpByTurns(byTurns, { failureCostUsd: failureCost });
  return { tokenCostUsd, successRate, costSdUsd, correlation };
}

/** `0.02:95%:60%,0.4:40%:10%`. */
function parseByTurns(text: string): readonly IntentsOfTurns[] {
  return text.split(/[,\s]+/).map(group => {
    const parts = group.split(':').map(parseNumber);
    const [spendUsd, successRate, weight] = parts;
    if (spendUsd === undefined || successRate === undefined || weight === undefined || parts.length > 3)
      throw new InvalidArgumentError('Each number of turns has spend, success and weight, as in 0.02:95%:60%.');
    return { spendUsd, successRate, weight };
  });
}

/** `token-cost=0.014,success=95%`. */
function parseFields(text: string): Fields {
  const fields: Fields = {};
  for (const part of text.split(/[,\s]+/).filter(part => part !== '')) {
    const [name = '', value = ''] = part.split('=');
    requireName(name, Object.keys(FIELDS));
    if (value === '') throw new InvalidArgumentError(`${name} has no value, as in ${name}=0.5.`);
    fields[FIELDS[name as FieldName]] = parseNumber(value);
  }
  if (Object.keys(fields).length === 0) throw new InvalidArgumentError('It names no option that differs.');
  return fields;
}

function needed(setUp: SetUp, precisionUsd: number): SamplesNeeded {
  return {
    precisionUsd,
    costPerIntent: samplesNeeded(setUp, { figure: 'cost-per-intent', precisionUsd }),
    costPerSuccess: samplesNeeded(setUp, { figure: 'cost-per-success', precisionUsd }),
  };
}

function withoutCosts(comparison: SetUpComparison): NonNullable<Calculation['comparison']> {
  const entries = Object.entries(comparison).filter(([name]) => name !== 'first' && name !== 'second');
  return Object.fromEntries(entries) as NonNullable<Calculation['comparison']>;
}
