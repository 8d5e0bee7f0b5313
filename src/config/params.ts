/** Checks a model's own parameters against its API and, where that is known, against the model. */
import type { ModelAbilities } from '../contracts/model-abilities.ts';
import type { ModelParams } from '../contracts/model-params.ts';
import { EFFORTS } from '../core/ledger/effort.ts';
import { RouterError } from '../errors.ts';
import type { ModelConfig } from './application.ts';
import { budgetWithin } from '../wires/anthropic-params.ts';
import { isPlainObject } from '../wires/json-fields.ts';
import { pathText } from './path-text.ts';

interface Rule {
  readonly param: keyof ModelParams;
  readonly isBroken: boolean;
  readonly problem: string;
  readonly accepted: string | readonly string[];
}

/** @throws RouterError `invalid-config` for a parameter that the API, or this model, does not take */
export function checkParams(name: string, model: ModelConfig, abilities: ModelAbilities): void {
  const { params } = model;
  if (params === undefined) return;
  const rules = [
    ...twiceRules(params, model, abilities),
    ...RULES[model.provider](params, model, abilities),
    ...modelRules(params, model, abilities),
  ];
  const broken = rules.find(({ isBroken }) => isBroken);
  if (broken === undefined) return;
  const { param, problem, accepted } = broken;
  const given = params[param];
  const path = pathText(['models', name, 'params', param]);
  throw new RouterError('invalid-config', problem, {
    path,
    accepted,
    ...(typeof given === 'string' ? { given } : {}),
  });
}

/** The fields of a neutral parameter in the bodies of the APIs. */
const FIELDS: Readonly<Partial<Record<keyof ModelParams, readonly string[]>>> = {
  effort: ['reasoning_effort', 'reasoning.effort', 'output_config.effort', 'thinking.type'],
  thinkingBudget: ['thinking.type', 'thinking.budget_tokens'],
  maxOutputTokens: ['max_tokens', 'max_completion_tokens', 'max_output_tokens'],
  temperature: ['temperature'],
  serviceTier: ['service_tier'],
};

/** A field has one value, so two parameters that set it cannot both be sent. */
const twiceRules: RulesOf = params => {
  const { body = {} } = params;
  return Object.entries(FIELDS).flatMap(([name, fields]) => {
    const twice = fields.find(path => {
      const [top = '', inner] = path.split('.');
      const whole = body[top];
      return inner === undefined ? whole !== undefined : isPlainObject(whole) && whole[inner] !== undefined;
    });
    const isBroken = params[name as keyof ModelParams] !== undefined && twice !== undefined;
    return { param: 'body', isBroken, problem: `\`${twice}\` is set by \`${name}\` too`, accepted: 'one of the two' };
  });
};

type RulesOf = (params: ModelParams, model: ModelConfig, abilities: ModelAbilities) => readonly Rule[];

const RULES: Readonly<Record<ModelConfig['provider'], RulesOf>> = {
  openai: ({ thinkingBudget, serviceTier }, { baseURL }) => [
    {
      param: 'thinkingBudget',
      isBroken: thinkingBudget !== undefined,
      problem: "OpenAI's APIs have no thinking budget",
      accepted: '`effort`, or `body` with a field of the endpoint',
    },
    tierRule(serviceTier, baseURL, ['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast']),
  ],
  anthropic(params, { baseURL, model }, { thinking, takesSampling }) {
    const { effort, thinkingBudget, temperature, serviceTier, maxOutputTokens = Number.MAX_SAFE_INTEGER } = params;
    const thinks = thinkingBudget !== undefined || (effort !== undefined && effort !== 'none');
    return [
      {
        param: 'effort',
        isBroken: effort === 'minimal',
        problem: 'Anthropic’s API has no effort "minimal"',
        accepted: EFFORTS.filter(level => level !== 'minimal'),
      },
      {
        param: 'temperature',
        isBroken: temperature !== undefined && temperature > 1,
        problem: 'Anthropic’s API takes no temperature above 1',
        accepted: 'a number from 0 to 1',
      },
      {
        param: 'temperature',
        isBroken: temperature !== undefined && temperature !== 1 && thinks,
        problem: 'Anthropic’s API takes no temperature beside thinking',
        accepted: "no temperature, or effort: 'none'",
      },
      {
        param: 'thinkingBudget',
        isBroken: thinkingBudget !== undefined && effort === 'none',
        problem: "effort: 'none' leaves no thinking",
        accepted: 'one of the two',
      },
      {
        param: 'thinkingBudget',
        isBroken:
          thinkingBudget !== undefined && (thinking === 'none' || (thinking === 'adaptive' && takesSampling === false)),
        problem: `${model} takes no thinking budget`,
        accepted: '`effort`, where the model has it',
      },
      {
        param: 'thinkingBudget',
        isBroken:
          thinkingBudget !== undefined &&
          (thinkingBudget >= maxOutputTokens || budgetWithin(maxOutputTokens, thinkingBudget) === undefined),
        problem: '`maxOutputTokens` leaves no room for so much thinking and an answer',
        accepted: 'less than `maxOutputTokens`, which is 1,280 or more beside thinking',
      },
      tierRule(serviceTier, baseURL, ['auto', 'standard_only']),
    ];
  },
  other: params =>
    (Object.keys(params) as (keyof ModelParams)[]).map(param => ({
      param,
      isBroken: param !== 'body',
      problem: 'the API of this model is not known',
      accepted: '`body`, with the fields of its API',
    })),
};

/** A vendor that speaks another one's API has tiers of its own. */
function tierRule(tier: string | undefined, baseURL: string | undefined, tiers: readonly string[]): Rule {
  const isBroken = tier !== undefined && baseURL === undefined && !tiers.includes(tier);
  return { param: 'serviceTier', isBroken, problem: `there is no service tier "${tier}"`, accepted: tiers };
}

const modelRules: RulesOf = ({ effort, temperature, maxOutputTokens = 0 }, { model }, abilities) => [
  {
    param: 'maxOutputTokens',
    isBroken: maxOutputTokens > (abilities.maxOutputTokens ?? Number.POSITIVE_INFINITY),
    problem: `${model} gives no more than ${abilities.maxOutputTokens} output tokens`,
    accepted: `an integer from 1 to ${abilities.maxOutputTokens}`,
  },
  {
    param: 'temperature',
    isBroken: temperature !== undefined && abilities.takesSampling === false,
    problem: `${model} takes no temperature`,
    accepted: 'no temperature',
  },
  {
    param: 'effort',
    // Models without effort levels may have thinking budgets, which take their place.
    isBroken: effort !== undefined && abilities.thinking !== 'budget' && abilities.efforts?.includes(effort) === false,
    problem: `${model} has no effort "${effort}"`,
    accepted: abilities.efforts === undefined || abilities.efforts.length === 0 ? 'no effort' : abilities.efforts,
  },
];
