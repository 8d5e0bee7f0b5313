/** Prices and vendors of a ledger's models: from the application's configuration, otherwise from the price book. */
import type { ResolvedConfig, ResolvedModel } from '../../config/resolved.ts';
import type { Attempt } from '../../core/ledger/vocabulary.ts';
import { cacheTerms } from '../../engine/state/cache-terms.ts';
import { RouterError } from '../../errors.ts';
import type { PriceOf } from '../../exports/focus/charges.ts';
import type { FocusVendor } from '../../exports/focus/focus-columns.ts';
import { providerAt, providerName } from '../../prices/book.ts';
import { cacheTermsOfName } from '../../prices/cache-terms.ts';
import type { CacheTerms } from '../../contracts/cache-terms.ts';
import type { Price } from '../../contracts/price.ts';
import type { PriceList } from '../../contracts/price-list.ts';
import { resolvePrice } from '../../prices/price-book.ts';

export interface LedgerPrices {
  /** `undefined` for a model whose price is known neither from the configuration nor from the price book. */
  readonly priceOf: PriceOf;
  /** How the prompt cache of an attempt's model keeps a prefix. */
  cacheOf(attempt: Attempt): CacheTerms;
  /** The vendor that bills a model. */
  vendorOf(model: string, providerModel: string): FocusVendor;
  /** The vendor's id in the price book (`openai`); otherwise its host, `self-hosted`, or `other` if it is not known. */
  vendorIdOf(model: string, providerModel: string): string;
}

export interface LedgerPricesOptions {
  readonly application: ResolvedConfig | undefined;
  /** Billing accounts: `org-4711` for every vendor, or `openai=org-4711` for one. Others are refused (`invalid-value`). */
  readonly accounts?: readonly string[] | undefined;
}

/** The ledger does not name the provider of a model, so these price lists are searched, in this order. */
const PROVIDERS = ['openai', 'anthropic'] as const;

export function ledgerPrices({ application, accounts = [] }: LedgerPricesOptions): LedgerPrices {
  const found = new Map<string, Listed | undefined>();
  const accountOf = accountsOf(accounts);

  /** The list price, for attempts of a provider model that has since been replaced in the configuration. */
  function listed(model: string, providerModel: string): Listed | undefined {
    const key = `${model}\t${providerModel}`;
    if (found.has(key)) return found.get(key);
    const provider = application?.models.get(model)?.provider;
    const providers = provider === undefined ? PROVIDERS : [provider];
    const price = providers
      .map(each => listPrice(each, providerModel, application?.priceList))
      .find(each => each !== undefined);
    found.set(key, price);
    return price;
  }

  function configured(model: string, providerModel: string): ResolvedModel | undefined {
    const known = application?.models.get(model);
    return known?.providerModel === providerModel ? known : undefined;
  }

  function vendor(model: string, providerModel: string): Vendor {
    const known = configured(model, providerModel);
    return vendorOf(known?.provider ?? listed(model, providerModel)?.provider ?? 'other', known);
  }

  return {
    priceOf(model, _atMs, attempt, served) {
      const { providerModel } = attempt;
      const known = configured(model, providerModel);
      const other = served === undefined ? undefined : (known?.priceOf(served).price ?? listed(model, served)?.price);
      return other ?? known?.price ?? listed(model, providerModel)?.price;
    },
    cacheOf({ model, providerModel }) {
      const known = configured(model, providerModel);
      return known === undefined ? cacheTermsOfName(providerModel) : cacheTerms(known);
    },
    vendorOf(model, providerModel) {
      const { key, ...names } = vendor(model, providerModel);
      return { billingAccountId: accountOf(key), ...names };
    },
    vendorIdOf: (model, providerModel) => vendor(model, providerModel).key,
  };
}

interface Listed {
  readonly provider: string;
  readonly price: Price;
}

function listPrice(provider: string, model: string, priceList: PriceList | undefined): Listed | undefined {
  try {
    return { provider, price: resolvePrice({ provider, model, ...(priceList === undefined ? {} : { priceList }) }) };
  } catch (error) {
    if (RouterError.isInstance(error) && error.code === 'unknown-price') return undefined;
    throw error;
  }
}

interface Vendor extends Omit<FocusVendor, 'billingAccountId'> {
  /** The vendor's name in `--account` and `--vendor`. */
  readonly key: string;
}

function vendorOf(provider: string, model: ResolvedModel | undefined): Vendor {
  if (model?.price.source.startsWith('self-hosted') === true)
    return { key: 'self-hosted', serviceProviderName: 'Self-hosted', serviceName: 'Self-hosted models' };
  if (model?.baseURL !== undefined) {
    const served = providerAt(model.baseURL);
    const { host } = new URL(model.baseURL);
    return served === undefined ? namedVendor(host, host) : namedVendor(served, providerName(served) ?? served);
  }
  return namedVendor(provider, providerName(provider) ?? 'Other');
}

function namedVendor(key: string, name: string): Vendor {
  return { key, serviceProviderName: name, serviceName: `${name} API` };
}

/**
 * A provider of the price book, a host name, or one of the names for all others: an account for a misspelled vendor would be
 * ignored.
 */
export function isVendor(key: string): boolean {
  return providerName(key) !== undefined || /[.:]|^(?:localhost|self-hosted|other)$/.test(key);
}

function notAnAccount(given: string): RouterError {
  return new RouterError('invalid-value', `"${given}" is not a billing account`, {
    path: '--account',
    accepted: 'org-4711 for every vendor, or openai=org-4711 for one',
  });
}

/** Without `--account`, the vendor's own name is used as the account id. */
function accountsOf(accounts: readonly string[]): (key: string) => string {
  const byVendor = new Map<string, string>();
  let fallback: string | undefined;
  for (const account of accounts) {
    const equals = account.indexOf('=');
    const [vendor, id] = equals < 0 ? [undefined, account] : [account.slice(0, equals), account.slice(equals + 1)];
    if (id === '' || (vendor !== undefined && !isVendor(vendor))) throw notAnAccount(account);
    if (vendor === undefined) fallback = id;
    else byVendor.set(vendor, id);
  }
  return key => byVendor.get(key) ?? fallback ?? key;
}
