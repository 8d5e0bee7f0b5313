/** Time limits for tests on a busy machine, where a process may stand still for longer than a limit. */
import type { Runtime } from '../../src/runtime.ts';
import { systemRuntime } from '../../src/runtime.ts';

/** Enough for a request to a server of this process, and its reply. */
const TURNS = 25;

/**
 * As a runtime's `after`, but a limit that is due passes only after some more turns of the event loop: what has arrived while the
 * process stood still is read before.
 */
export const patientAfter: Runtime['after'] = (ms, callback) => {
  let turns = 0;
  const turn = (): void => {
    if (turns++ === TURNS) callback();
    else cancel = system.after(1, turn);
  };
  let cancel = system.after(ms, turn);
  return () => cancel();
};

const system = systemRuntime();
