/** Circuit breaker per endpoint: faults in a row open it, after a while one probe at a time may pass. On a clock that never jumps. */

export interface CircuitBreaker {
  /** False in the usual case: nobody has failed since its last success, and nothing needs to be asked. */
  anyFaults(): boolean;
  /** True when a request should not be sent there now. A half-open circuit lets one probe pass. */
  isOpen(endpoint: string, elapsedMs: number): boolean;
  /** Claims the probe of a half-open circuit; call right before sending. */
  sending(endpoint: string, elapsedMs: number): void;
  succeeded(endpoint: string): void;
  failed(endpoint: string, elapsedMs: number): void;
}

export interface CircuitBreakerOptions {
  /** Faults in a row that open the circuit (default 5). */
  readonly faults?: number;
  /** How long it stays open before a probe, milliseconds (default 30,000). */
  readonly openMs?: number;
}

interface Circuit {
  faults: number;
  /** When the next probe may pass; 0 while closed. */
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
      // The probe is under way: the others wait for its answer, or for the next slot should it never come.
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
