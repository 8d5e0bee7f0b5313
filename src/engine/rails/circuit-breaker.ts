/**
 * Circuit breaker per endpoint: consecutive faults open the circuit; after a cool-down it is half-open and lets one probe
 * through. Times are of the monotonic clock.
 */

export interface CircuitBreaker {
  /** Fast check: false when no endpoint has failed since its last success. */
  anyFaults(): boolean;
  /** True when no request should be sent to the endpoint now. */
  isOpen(endpoint: string, elapsedMs: number): boolean;
  /** Claims the probe of a half-open circuit. Call it right before sending. */
  sending(endpoint: string, elapsedMs: number): void;
  succeeded(endpoint: string): void;
  failed(endpoint: string, elapsedMs: number): void;
}

export interface CircuitBreakerOptions {
  /** Consecutive faults that open the circuit (default 5): fewer leave a shaky endpoint sooner, more tolerate bad luck. */
  readonly faults?: number;
  /** Cool-down before a probe, milliseconds (default 30,000): shorter finds a recovery sooner, longer spares failing calls. */
  readonly openMs?: number;
}

interface Circuit {
  faults: number;
  /** When the next probe may be sent; 0 while the circuit is closed. */
  probeAtMs: number;
}

export function circuitBreaker({ faults = 5, openMs = 30_000 }: CircuitBreakerOptions = {}): CircuitBreaker {
  const circuits = new Map<string, Circuit>();
  return {
    anyFaults: () => circuits.size > 0,
    isOpen(endpoint, elapsedMs) {
      const circuit = circuits.get(endpoint);
      return circuit !== undefined && circuit.probeAtMs > elapsedMs;
    },
    sending(endpoint, elapsedMs) {
      const circuit = circuits.get(endpoint);
      // Other requests wait for the probe's answer, or for the next cool-down should it never come.
      if (circuit !== undefined && circuit.probeAtMs !== 0) circuit.probeAtMs = elapsedMs + openMs;
    },
    succeeded(endpoint) {
      circuits.delete(endpoint);
    },
    failed(endpoint, elapsedMs) {
      const circuit = circuits.get(endpoint) ?? { faults: 0, probeAtMs: 0 };
      circuit.faults += 1;
      if (circuit.faults >= faults) circuit.probeAtMs = elapsedMs + openMs;
      circuits.set(endpoint, circuit);
    },
  };
}
