import { expect, test } from 'vitest';
import { dashboardHandler } from '../../src/dashboard/handler.ts';
import { checkHandlerOptions, checkServerOptions } from '../../src/dashboard/options.ts';
import { startDashboard } from '../../src/dashboard/server.ts';
import { memory } from '../../src/stores/memory.ts';
import type { Loose } from '../support/refusal.ts';
import { refusal } from '../support/refusal.ts';

const store = memory();
const authorize = () => 'read' as const;

test('the options of both dashboards are accepted, each alone and all together', () => {
  const shared = { store, link: 'https://x.example/{intentId}', textOf: () => undefined, site: 'site' };
  expect(checkHandlerOptions({ store, authorize })).toBeUndefined();
  expect(checkHandlerOptions({ ...shared, authorize, basePath: '/ops/..a', onError: () => {} })).toBeUndefined();
  expect(checkServerOptions({ store })).toBeUndefined();
  expect(checkServerOptions({ ...shared, port: 65_535 })).toBeUndefined();
});

test.each<[string, unknown, string]>([
  ['no options', undefined, 'dashboardHandler'],
  ['empty options', {}, 'dashboardHandler.authorize'],
  ['a misspelt authorize', { store, authorise: authorize }, 'dashboardHandler.authorise'],
  ['a store that is text', { store: 'x', authorize }, 'dashboardHandler.store'],
  ['a misspelt basePath', { store, authorize, basPath: '/x' }, 'dashboardHandler.basPath'],
  ['a basePath that climbs', { store, authorize, basePath: '/../x' }, 'basePath'],
  ['a basePath of another server', { store, authorize, basePath: '//evil' }, 'basePath'],
  ['a basePath that is a number', { store, authorize, basePath: 5 }, 'basePath'],
  ['a misspelt placeholder', { store, authorize, link: 'https://x.example/{intntId}' }, 'dashboardHandler.link'],
  ['a link that is a script', { store, authorize, link: 'javascript:alert(1)' }, 'dashboardHandler.link'],
  ['a link that is a number', { store, authorize, link: 5 }, 'dashboardHandler.link'],
  ['texts that are not a function', { store, authorize, textOf: {} }, 'dashboardHandler.textOf'],
])('dashboardHandler() refuses %s and says where the mistake is', (_, options, path) => {
  const { code, path: found, accepted } = refusal(() => (dashboardHandler as Loose)(options));
  expect([code, found]).toEqual(['invalid-value', path]);
  expect(accepted).toBeTruthy();
});

test.each<[string, unknown, string]>([
  ['no options', undefined, 'startDashboard'],
  ['empty options', {}, 'startDashboard.store'],
  ['a port that is text', { store, port: 'abc' }, 'startDashboard.port'],
  ['a misspelt port', { store, prot: 1 }, 'startDashboard.prot'],
])('startDashboard() rejects %s and says where the mistake is', async (_, options, path) => {
  await expect((startDashboard as Loose)(options)).rejects.toMatchObject({ code: 'invalid-value', path });
});
