/** What is done when this process ends by itself, for want of other work; not when it is killed, or `process.exit` ends it. */

const steps = new Set<() => void>();

/** Calls the step, which must not wait for anything, unless the function that this returns is called before. */
export function beforeExit(step: () => void): () => void {
  // One listener for all, because Node warns of many.
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
