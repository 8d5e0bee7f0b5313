/** `outcome-router/outcomes`: a handler by which another service records outcomes over HTTP. */
export type { NodeOutcomeHandler, OutcomeHandler } from '../outcomes/handler.ts';
export { nodeOutcomeHandler, outcomeHandler } from '../outcomes/handler.ts';
export type { OutcomeAccess, OutcomeHandlerOptions } from '../outcomes/options.ts';
export type { OutcomeRouter, OutcomeAnswer, RowResult } from '../outcomes/record.ts';
export type { OutcomeError, OutcomeRefusal } from '../outcomes/refusal.ts';
export type { SentOutcome } from '../outcomes/row.ts';
