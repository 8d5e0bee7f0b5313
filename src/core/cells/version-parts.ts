/** The parts of a version: the model and its prompt, which decide how good its replies are, and the price. */

/** `gpt-5-mini@1f0c$0.00085+v2` without its price: `gpt-5-mini+v2`. */
export type Quality = string;

export interface VersionParts {
  readonly quality: Quality;
  /** Id of the rates and the cost of a typical request: `1f0c$0.00085`. `''` for a version without a price. */
  readonly price: string;
}

/**
 * A model's name may contain `@`, and a prompt's version any text: the price is the first match that ends where a prompt
 * version may begin.
 */
const PRICE = /@([\w-]+(?:\$[\d.e-]+)?)(?=\+|$)/;

/**
 * The version of a model at a price. Cells of different versions are kept separate, so a version also states the cost of a typical request:
 * a reader can compute by how much a price has changed.
 *
 * @param typicalUsd 0 for a price that the calls report
 */
export function versionOf(
  model: string,
  { priceId, typicalUsd, prompt }: { readonly priceId: string; readonly typicalUsd: number; readonly prompt?: string },
): string {
  return `${model}@${priceId}${typicalUsd > 0 ? `$${typicalUsd}` : ''}${prompt === undefined ? '' : `+${prompt}`}`;
}

export function versionParts(version: string): VersionParts {
  const found = PRICE.exec(version);
  if (found === null) return { quality: version, price: '' };
  const [text, price = ''] = found;
  return { quality: version.slice(0, found.index) + version.slice(found.index + text.length), price };
}

/**
 * USD of a typical request at a price; `undefined` where the price does not state it, as in versions of earlier
 * ledgers.
 */
export function typicalUsdOf(price: string): number | undefined {
  const dollar = price.indexOf('$');
  return dollar < 0 ? undefined : Number(price.slice(dollar + 1));
}

/** The id of a price's rates, without the cost of a typical request. */
export function rateIdOf(price: string): string {
  return price.split('$', 1)[0] ?? '';
}

/**
 * An id shared by all versions with one quality and the same rates: a tariff that depends on the time of day is one
 * version.
 */
export function versionId(version: string): string {
  let id = ids.get(version);
  if (id === undefined) {
    const { quality, price } = versionParts(version);
    if (ids.size === MAX_IDS) ids.clear();
    ids.set(version, (id = `${quality}\t${rateIdOf(price)}`));
  }
  return id;
}

/** The ids of the versions asked for so far: a reader of a year's cells asks for the same few, cell by cell. */
const ids = new Map<string, string>();
const MAX_IDS = 1_000;

/** Whether two prices have the same rates where both state them. A tariff by time of day is one price with several typical costs. */
export function isSamePrice(one: string, other: string): boolean {
  const [typical, otherTypical] = [typicalUsdOf(one), typicalUsdOf(other)];
  const mayBeSame = typical === undefined || otherTypical === undefined || typical === otherTypical;
  return mayBeSame && rateIdOf(one) === rateIdOf(other);
}

/** The parts of the versions of several models, by the model's name. */
export function partsByModel(versions: Readonly<Record<string, string>>): ReadonlyMap<string, VersionParts> {
  return new Map(Object.entries(versions).map(([model, version]) => [model, versionParts(version)]));
}
