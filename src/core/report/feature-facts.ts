/** The parts of a feature's configuration that its report needs, and the report's notes on its candidates. */
import type { PlanKey } from '../ledger/vocabulary.ts';
import type { PrefixRatesOf } from './standard-cost.ts';

/** A feature's configuration, from the application or inferred from the ledger's last decisions. */
export interface FeatureFacts {
  /** Plans that can be chosen now, in their order; default: those in the cells. */
  readonly plans?: readonly PlanKey[];
  /** Configured failure cost, USD; used until an intent fails, and compared with recorded failure costs. */
  readonly failureCostUsd?: number;
  /** Compare plans by cost per success instead of cost per intent. */
  readonly perSuccess?: boolean;
  /** Name of the policy, which determines the future traffic. */
  readonly policy?: string;
  /** What silence means, and after how long. Absent: every outcome counts as soon as it is recorded. */
  readonly silence?: { readonly afterMs: number; readonly success: boolean };
  readonly candidates?: readonly CandidateFacts[];
  /** What models charge for the prefix of a session. Absent: plans are compared as billed. */
  readonly prefixRatesOf?: PrefixRatesOf;
}

/** A configured candidate: its parameters, and the APIs whose clients can reach it. */
export interface CandidateFacts {
  readonly model: string;
  readonly providerModel: string;
  /** `effort=low`; absent: the caller's parameters alone. */
  readonly params?: string;
  /** APIs whose clients reach it, directly or by translation. */
  readonly clients: readonly string[];
}

/** Notes on the candidates that set parameters, and on the clients that reach each candidate, where these differ. */
export function candidateNotes(candidates: readonly CandidateFacts[] = []): readonly string[] {
  const arms = candidates.flatMap(({ model, providerModel, params }) =>
    params === undefined ? [] : [`${model} is ${providerModel} with ${params.replaceAll(',', ', ')}`],
  );
  const byClients = Map.groupBy(candidates, ({ clients }) => clients.join(' and '));
  const reached = [...byClients].map(
    ([clients, models]) =>
      `${clients === '' ? 'only router.run and wires of your own' : `clients of ${clients}`} reach ` +
      models.map(({ model }) => model).join(', '),
  );
  return [
    ...(arms.length === 0 ? [] : [`${arms.join('; ')}.`]),
    ...(byClients.size < 2 ? [] : [`Not every client reaches every model: ${reached.join('; ')}.`]),
  ];
}
