/** `outcome-router/testing`: a router whose clock the test controls, and a fake provider on loopback with its own bill. */
export type { Json } from '../testing/fake-request.ts';
export type { FakeApiName, FakeAudio, FakeRequest, FakeTier, FakeTool } from '../testing/fake-api.ts';
export type { FakeMeter, FakeTokens } from '../testing/fake-tokens.ts';
export type { BilledRequest, FakeBill, FakeBillLine, FakePrice } from '../testing/fake-bill.ts';
export type { UnreportedRule } from '../testing/fake-charges.ts';
export type { FakeCount } from '../testing/fake-count.ts';
export type { FakeDelivery, FakeEncoding } from '../testing/fake-delivery.ts';
export type { FakeCapability, FakeVendor, RefusalKind } from '../testing/fake-errors.ts';
export type { FakeEventFormat } from '../testing/fake-event-format.ts';
export type { FakeModel, FakeTask, TokenCounts } from '../testing/fake-model.ts';
export { NOT_SOLVED, SOLVED } from '../testing/fake-model.ts';
export type { FakeProvider, FakeProviderOptions } from '../testing/fake-provider.ts';
export { startFakeProvider } from '../testing/fake-provider.ts';
export type { FakeCall, FakeServed, FakeStatements } from '../testing/fake-statements.ts';
export type {
  FakeBreak,
  FakeErrorForm,
  FakeErrorFormName,
  FakeError,
  FakeFault,
  FaultRequest,
  FaultSchedule,
  RetryAfter,
} from '../testing/faults.ts';
export { randomFaults } from '../testing/faults.ts';
export type { Runtime } from '../runtime.ts';
export type { LoggedRequest } from '../testing/request-log.ts';
export type { Script, ScriptedReply } from '../testing/scripted-replies.ts';
export { createTestRouter } from '../testing/test-router.ts';
export type { TestRuntime, TestRuntimeOptions } from '../testing/test-runtime.ts';
export { testRuntime } from '../testing/test-runtime.ts';
