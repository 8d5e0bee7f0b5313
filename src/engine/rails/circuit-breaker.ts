/**
 * Circuit breakers of models and of accounts. Consecutive faults of a model open its circuit; a refusal opens that of the
 * account or of the model at once and for longer, because a person must act first. After a cool-down the circuit is
 * half-open and lets one probe through. Times are of the monotonic clock.
 */
import type { ResolvedModel } from '../../config/resolved.ts';

/** The names of a model's two circuits. */
export type Circuits = Pick<ResolvedModel, 'endpoint' | 'account'>;

export interface CircuitBreaker {
  /** Fast check: false when every endpoint has answered since its last failure. */
  anyFaults(): boolean;
  /** True when no request should be sent to the model now. */
  isOpen(model: Circuits, elapsedMs: number): boolean;
  /** Claims the probe of a half-open circuit. Call it right before sending. */
  sending(model: Circuits, elapsedMs: number): void;
  succeeded(model: Circuits): void;
  failed(model: Circuits, elapsedMs: number): void;
  /**
   * Opens the circuit of the account or of the model at once.
   *
   * @returns true for the first refusal since it answered last: the moment to tell the observers
   */
  refused(model: Circuits, about: 'account' | 'model', elapsedMs: number): boolean;
}

export interface CircuitBreakerOptions {
  /** Consecutive faults that open the circuit (default 5): fewer leave a shaky endpoint sooner, more tolerate bad luck. */
  readonly faults?: number;
  /** Cool-down before a probe, milliseconds (default 30,000): shorter finds a recovery sooner, longer spares failing calls. */
  readonly openMs?: number;
  /** The same after a refusal (default 10 minutes): shorter notices sooner that a person has acted. */
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

  /** Other requests wait for the probe's answer, or for the next cool-down should it never come. */
  function claimProbe(name: string, elapsedMs: number): void {
    const circuit = circuits.get(name);
    if (circuit !== undefined && circuit.probeAtMs !== 0) circuit.probeAtMs = elapsedMs + circuit.openMs;
  }

  return {
    anyFaults: () => circuits.size > 0,
    isOpen: ({ endpoint, account }, elapsedMs) => isOpen(endpoint, elapsedMs) || isOpen(account, elapsedMs),
    sending({ endpoint, account }, elapsedMs) {
      if (circuits.size === 0) return;
      claimProbe(endpoint, elapsedMs);
      claimProbe(account, elapsedMs);
    },
    succeeded({ endpoint, account }) {
      if (circuits.size === 0) return;
      circuits.delete(endpoint);
      circuits.delete(account);
    },
    failed({ endpoint }, elapsedMs) {
      const circuit = circuits.get(endpoint) ?? { faults: 0, probeAtMs: 0, openMs };
      circuit.faults += 1;
      if (circuit.faults >= faults) circuit.probeAtMs = elapsedMs + circuit.openMs;
      circuits.set(endpoint, circuit);
    },
    refused({ endpoint, account }, about, elapsedMs) {
      const name = about === 'account' ? account : endpoint;
      const isKnown = circuits.get(name)?.openMs === refusedMs;
      circuits.set(name, { faults, probeAtMs: elapsedMs + refusedMs, openMs: refusedMs });
      return !isKnown;
    },
  };
}
