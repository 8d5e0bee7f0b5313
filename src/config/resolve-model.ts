/** Resolves one configured model: its price, its endpoint, and the parameters that it is called with. */
import { paramsText } from '../core/ledger/params-text.ts';
import { abilitiesOf } from '../prices/abilities.ts';
import { contextTokensOf } from '../prices/context-window.ts';
import { resolvePrice } from '../prices/price-book.ts';
import { servedPrices } from '../prices/served-price.ts';
import type { ModelConfig } from './application.ts';
import { accountOf } from './account.ts';
import { defined } from './defined.ts';
import { endpointOf } from './endpoint.ts';
import { checkParams } from './params.ts';
import { pathText } from './path-text.ts';
import type { ResolvedModel } from './resolved.ts';
import type { RouterConfig } from './router-config.ts';

/** @param models the models that are resolved so far; when a call is priced, all of them are */
export function resolveModel(
  name: string,
  model: ModelConfig,
  { config, models }: { readonly config: RouterConfig; readonly models: ReadonlyMap<string, ResolvedModel> },
): ResolvedModel {
  const endpoint = endpointOf(name, model);
  const { baseURL } = endpoint;
  const price = resolvePrice({
    provider: model.provider,
    model: model.model,
    path: pathText(['models', name, 'price']),
    ...defined('baseURL', baseURL),
    ...(model.price === undefined ? {} : { price: model.price }),
    ...defined('priceList', config.priceList),
  });
  const { params } = model;
  const located = { ...model, baseURL };
  const abilities = abilitiesOf(located);
  checkParams(name, model, abilities);
  const called = paramsText(params);
  return Object.freeze({
    name,
    provider: model.provider,
    providerModel: model.model,
    price,
    priceOf: servedPrices({ ...located, configured: model.price, price, priceList: config.priceList }, () =>
      models.values(),
    ),
    lacks: new Set(model.lacks),
    ...defined('contextTokens', model.contextTokens ?? contextTokensOf({ ...model, ...defined('baseURL', baseURL) })),
    ...defined('cache', model.cache),
    endpoint: `${baseURL ?? model.provider}/${model.model}${called && ` with ${called}`}`,
    // A copy: the version states what is sent, even if the application changes its object later.
    ...defined('params', structuredClone(params)),
    paramsText: called,
    abilities,
    account: accountOf(model, config.models),
    ...endpoint,
    ...defined('transform', model.transform),
  });
}
