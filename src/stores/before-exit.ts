/** Steps for when this process ends by itself, with no work left; not when it is killed or calls `process.exit`. */

const steps = new Set<() => void>();

/** Calls the step, which must be synchronous, unless the returned function is called before. */
export function beforeExit(step: () => void): () => void {
  // One listener for all steps, because Node warns of many listeners.
  if (steps.size === 0) process.on('beforeExit', runSteps);
  steps.add(step);
  return () => {
    steps.delete(step);
    if (steps.size === 0) process.off('beforeExit', runSteps);
  };
}

function runSteps(): void {
  for (const step of steps) step();
}
