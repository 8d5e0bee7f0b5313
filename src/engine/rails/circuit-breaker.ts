/**
 * Circuit breakers of models and of accounts. Consecutive faults of a model open its circuit; a refusal opens that of the
 * account or of the model at once and for longer, because a person must act first. After a cool-down the circuit is
 * half-open and lets one probe through. Times are of the monotonic clock.
 */
import type { ResolvedModel } from '../../config/resolved.ts';

/** The names of the circuits that a request goes through. */
export interface Circuits {
  /** Name of the circuit that provider faults open, whichever client met them. */
  readonly endpoint: string;
  /** Name of the circuit that a refusal of the account opens. */
  readonly account: string;
  /** Name of the circuit that a refusal of the model opens; another account may use the model. */
  readonly model: string;
}

/** @param client names the client's credentials; only a model without an endpoint of its own is called with them */
export function circuitsOf({ account, baseURL, endpoint }: ResolvedModel, client?: () => string): Circuits {
  const own = baseURL === undefined && client !== undefined ? `${account} ${client()}` : account;
  return { endpoint, account: own, model: `${endpoint} with ${own}` };
}

export interface CircuitBreaker {
  /** Fast check: false when every endpoint has answered since its last failure. */
  anyFaults(): boolean;
  /** True when no request should be sent through these circuits now. */
  isOpen(circuits: Circuits, elapsedMs: number): boolean;
  /** True when the circuits are open for at least one client: for explanations, which concern no particular client. */
  isOpenForSome(model: ResolvedModel, elapsedMs: number): boolean;
  /** Claims the probe of a half-open circuit. Call it right before sending. */
  sending(circuits: Circuits, elapsedMs: number): void;
  succeeded(circuits: Circuits): void;
  failed(endpoint: string, elapsedMs: number): void;
  /**
   * Opens the circuit of an account, or of a model for an account, at once.
   *
   * @returns true for the first refusal since its last answer: the moment to notify the observers
   */
  refused(circuit: string, elapsedMs: number): boolean;
}

export interface CircuitBreakerOptions {
  /** Consecutive faults that open the circuit (default 5): fewer leave a shaky endpoint sooner, more tolerate bad luck. */
  readonly faults?: number;
  /** Cool-down before a probe, milliseconds (default 30,000): shorter finds a recovery sooner, longer spares failing calls. */
  readonly openMs?: number;
  /** Cool-down after a refusal (default 10 minutes): shorter notices sooner that a person has acted. */
  readonly refusedMs?: number;
}

interface Circuit {
  faults: number;
  /** When the next probe may be sent; 0 while the circuit is closed. */
  probeAtMs: number;
  openMs: number;
}

export function circuitBreaker({
  faults = 5,
  openMs = 30_000,
  refusedMs = 600_000,
}: CircuitBreakerOptions = {}): CircuitBreaker {
  const circuits = new Map<string, Circuit>();

  function isOpen(name: string, elapsedMs: number): boolean {
    const circuit = circuits.get(name);
    return circuit !== undefined && circuit.probeAtMs > elapsedMs;
  }

  /** A client that was refused may never come back, so its circuit would wait for a probe forever. */
  function forgetOld(elapsedMs: number): void {
    for (const [name, circuit] of circuits)
      if (circuit.openMs === refusedMs && circuit.probeAtMs + refusedMs < elapsedMs) circuits.delete(name);
  }

  return {
    anyFaults: () => circuits.size > 0,
    isOpen: ({ endpoint, account, model }, elapsedMs) =>
      [endpoint, account, model].some(name => isOpen(name, elapsedMs)),
    isOpenForSome({ endpoint, account }, elapsedMs) {
      const isOfModel = (name: string): boolean =>
        name === endpoint || name === account || name.startsWith(`${account} `) || name.startsWith(`${endpoint} with `);
      return [...circuits.keys()].some(name => isOfModel(name) && isOpen(name, elapsedMs));
    },
    sending({ endpoint, account, model }, elapsedMs) {
      for (const name of [endpoint, account, model]) {
        const circuit = circuits.get(name);
        // Other requests wait for the probe's answer, or until the next cool-down if it never comes.
        if (circuit !== undefined && circuit.probeAtMs !== 0) circuit.probeAtMs = elapsedMs + circuit.openMs;
      }
    },
    succeeded({ endpoint, account, model }) {
      for (const name of [endpoint, account, model]) circuits.delete(name);
    },
    failed(endpoint, elapsedMs) {
      const circuit = circuits.get(endpoint) ?? { faults: 0, probeAtMs: 0, openMs };
      circuit.faults += 1;
      if (circuit.faults >= faults) circuit.probeAtMs = elapsedMs + circuit.openMs;
      circuits.set(endpoint, circuit);
    },
    refused(name, elapsedMs) {
      const isKnown = circuits.has(name);
      forgetOld(elapsedMs);
      circuits.set(name, { faults, probeAtMs: elapsedMs + refusedMs, openMs: refusedMs });
      return !isKnown;
    },
  };
}
