/** `outcome-router/testing`: a provider that keeps its own bill, for tests and simulations over real HTTP. */
export type { Asked, FakeApiName, FakeMeter, FakeTier, FakeTool } from './fake-api.ts';
export type { Bill, BilledRequest, BillLine, FakePrice } from './fake-bill.ts';
export type { LoggedRequest } from './fake-exchange.ts';
export type { Count, FakeModel, FakeTask } from './fake-model.ts';
export { NOT_SOLVED, SOLVED } from './fake-model.ts';
export type { FakeProvider, FakeProviderOptions } from './fake-provider.ts';
export { startFakeProvider } from './fake-provider.ts';
export type { Fault, FaultRequest, Faults, RetryAfter } from './faults.ts';
export { randomFaults } from './faults.ts';
