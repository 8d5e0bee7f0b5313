/** `outcome-router/testing`: a provider that keeps its own bill, for tests and simulations over real HTTP. */
export type { Asked, FakeApiName, FakeMeter, FakeTier, FakeTool } from '../testing/fake-api.ts';
export type { Bill, BilledRequest, BillLine, FakePrice } from '../testing/fake-bill.ts';
export type { LoggedRequest } from '../testing/fake-exchange.ts';
export type { Count, FakeModel, FakeTask } from '../testing/fake-model.ts';
export { NOT_SOLVED, SOLVED } from '../testing/fake-model.ts';
export type { FakeProvider, FakeProviderOptions } from '../testing/fake-provider.ts';
export { startFakeProvider } from '../testing/fake-provider.ts';
export type { Fault, FaultRequest, Faults, RetryAfter } from '../testing/faults.ts';
export { randomFaults } from '../testing/faults.ts';
