/** `outcome-router/dashboard`: the dashboard of a ledger, behind your own authentication or on this machine alone. */
export type { DashboardAccess, DashboardHandler, DashboardHandlerOptions } from '../dashboard/handler.ts';
export { dashboardHandler } from '../dashboard/handler.ts';
export type { ReachRouter } from '../dashboard/plan-clients.ts';
export type { ComparedBill } from '../dashboard/reconciliation.ts';
export type { Dashboard, DashboardOptions } from '../dashboard/server.ts';
export { startDashboard } from '../dashboard/server.ts';
