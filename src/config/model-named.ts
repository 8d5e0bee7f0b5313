/** A configured model by its name. */
import { unknownName } from '../errors.ts';
import type { ResolvedConfig, ResolvedModel } from './resolved.ts';

/** @throws RouterError `unknown-model` */
export function modelNamed({ models }: Pick<ResolvedConfig, 'models'>, name: string): ResolvedModel {
  const model = models.get(name);
  if (model !== undefined) return model;
  throw unknownName('model', name, { path: 'model', accepted: models.keys() });
}
