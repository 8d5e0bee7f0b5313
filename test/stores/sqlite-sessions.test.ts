import { expect, test } from 'vitest';
import { SESSION_KEPT_MS } from '../../src/core/sessions/session-state.ts';
import { putSessions, readSessions } from '../../src/stores/sqlite-sessions.ts';
import { sqliteTables } from './sqlite-tables.ts';

const connection = sqliteTables();
const state = (id: string, atMs: number) => ({
  id,
  last: { tokens: 5, atMs, intents: 1, feature: 'f' },
  models: {},
});

test('sessions whose last reply was a day ago are forgotten, twice as many as are written', () => {
  const { statements, database } = connection();
  putSessions(
    statements,
    Array.from({ length: 9 }, (_, index) => state(`old-${index}`, index)),
  );
  const count = () => database.prepare('SELECT count(*) AS n FROM sessions').get()?.['n'];
  putSessions(statements, [state('new', SESSION_KEPT_MS)]);
  expect(count()).toBe(10);
  putSessions(statements, [state('new', SESSION_KEPT_MS + 5), state('newer', SESSION_KEPT_MS + 5)]);
  expect(count()).toBe(7);
  const found = readSessions(statements, ['old-3', 'old-4', 'new']).map(({ id }) => id);
  expect(found.sort()).toEqual(['new', 'old-4']);
});

test('a row that is damaged is a session that is not known', () => {
  const { statements } = connection();
  statements.putSession.run('s1', 1, '{');
  expect(readSessions(statements, ['s1'])).toEqual([]);
});
