/** `outcome-router/ai-sdk`: an intent or a feature as a model of the AI SDK, version 7 or 6. */
export type { OutcomeOptions, RoutedHandle } from '../ai-sdk/outcome.ts';
export { outcome, outcomeV3 } from '../ai-sdk/outcome.ts';
