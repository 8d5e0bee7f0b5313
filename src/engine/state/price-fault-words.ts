/**
 * The error that observers get for a part without a known price, with the option to configure. Loaded with the first
 * one.
 */
import { pathText } from '../../config/path-text.ts';
import { MAX_FACT_USD } from '../../core/ledger/money.ts';
import type { Meter } from '../../core/ledger/usage.ts';
import { METERS } from '../../core/ledger/usage.ts';
import { NOT_RETRIEVED } from '../../core/ledger/vocabulary.ts';
import { RouterError } from '../../errors.ts';
import { STATED_COST } from '../attempts/attempt-cost.ts';

const RATE_OF_COUNTED: Readonly<Partial<Record<Meter, string>>> = {
  webSearch: 'webSearchUsdPerThousand',
  webSearchPreview: 'webSearchPreviewUsdPerThousand',
  fileSearch: 'fileSearchUsdPerThousand',
  codeSession: 'codeSessionUsd',
  request: 'perRequestUsd',
};

/** Names of usage that a reply does not state, or contradicts. Paths of counts contain a dot. */
const USAGE = /^(?:no )?usage(?: |$)/;

export function unpricedError(model: string, part: string): RouterError {
  const error = (message: string, keys: readonly string[], accepted: string): RouterError =>
    new RouterError('unknown-price', message, { path: pathText(['models', model, ...keys]), accepted });
  const [, kind, value = ''] = /^(tier|speed|region|model) "([^"]*)"$/.exec(part) ?? [];
  if (kind === 'model') {
    const accepted = `servedAs: [${JSON.stringify(value)}] if that is its name for this model`;
    return error(`the provider served another model, ${JSON.stringify(value)}`, ['servedAs'], accepted);
  }
  if (kind !== undefined)
    return error(`no price for ${part}`, ['price', `${kind}s`, value], 'the multiplier in its price list, such as 1.5');
  if (part.startsWith('run()')) return runError(part);
  const meter = METERS.find(name => name === part);
  if (meter !== undefined) {
    const rate = RATE_OF_COUNTED[meter] ?? `${meter}UsdPerMillion`;
    return error(`no price for ${part}`, ['price', rate], 'the rate in its price list');
  }
  if (part.startsWith('a time before'))
    return error(`no price for ${part}`, ['price'], 'a dated list whose first entry has no `from`, or an earlier one');
  if (part === STATED_COST)
    return error(
      'the reply does not state its whole cost',
      ['price'],
      'rates beside `reported: true`, for such replies',
    );
  if (part === NOT_RETRIEVED)
    return error('a background response has no usage yet: it is estimated', [], 'its retrieval on the routed client');
  if (USAGE.test(part))
    return error(`a reply with ${part}: it is estimated from characters`, [], 'a provider that states its usage');
  return error(`no price for ${part}`, ['price'], "nothing: apply the provider's bill with `outcome-router reconcile`");
}

/** The error about what an application's function returned in addition to its value. */
function runError(path: string): RouterError {
  const error = (message: string, accepted: string | readonly string[], given?: string): RouterError =>
    new RouterError('invalid-value', message, { path, accepted, ...(given === undefined ? {} : { given }) });
  const [, inUsage, name = ''] = /^run\(\)\.(usage\.)?([^]*)$/.exec(path) ?? [];
  if (inUsage !== undefined)
    return COUNTED.includes(name)
      ? error('not a count: it is left out', 'a whole number from 0')
      : error('no meter has that name', COUNTED, name);
  if (name === 'usage') return error('no usage and no cost: it is estimated', '{ value, usage } or { value, costUsd }');
  if (name === 'costUsd') return error('not an amount: the cost is estimated', `USD from 0 to ${MAX_FACT_USD}`);
  return error('no option has that name', ['value', 'usage', 'costUsd'], name);
}

const COUNTED: readonly string[] = [...METERS, 'reasoning'];
