/** `outcome-router/dashboard`: the dashboard of a ledger, served to the browser of this machine. */
export type { Dashboard, DashboardOptions } from '../dashboard/server.ts';
export { startDashboard } from '../dashboard/server.ts';
