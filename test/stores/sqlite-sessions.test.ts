import { expect, test } from 'vitest';
import { SESSION_KEPT_MS } from '../../src/core/sessions/session-state.ts';
import { forgetSessions, hasOldSessions, putSessions, readSessions } from '../../src/stores/sqlite-sessions.ts';
import { sqliteTables } from './sqlite-tables.ts';

const connection = sqliteTables();
const state = (id: string, atMs: number) => ({
  id,
  last: { tokens: 5, atMs, intents: 1, feature: 'f' },
  models: {},
});

const DAYS_AGO_MS = Date.now() - 5 * SESSION_KEPT_MS;

test('sessions whose last reply was a day ago are forgotten, the oldest first, a limited number at a time', () => {
  const { statements, database } = connection();
  const of = (ageMs: number) => DAYS_AGO_MS - SESSION_KEPT_MS - ageMs;
  putSessions(
    statements,
    Array.from({ length: 9 }, (_, age) => state(`old-${age}`, of(age))),
  );
  const left = () =>
    database
      .prepare('SELECT id FROM sessions ORDER BY at_ms')
      .all()
      .map(({ id }) => id);
  expect(hasOldSessions(statements, of(9) + SESSION_KEPT_MS)).toBe(false);
  expect(hasOldSessions(statements, DAYS_AGO_MS)).toBe(true);
  forgetSessions(statements, DAYS_AGO_MS, 3);
  expect(left()).toEqual(['old-5', 'old-4', 'old-3', 'old-2', 'old-1', 'old-0']);
  forgetSessions(statements, DAYS_AGO_MS, 300);
  expect(left()).toEqual(['old-0']);
});

test('a process whose clock is ahead forgets no session that is younger by the machine’s clock', () => {
  const { statements } = connection();
  const [now, ahead] = [Date.now(), Date.now() + 30 * SESSION_KEPT_MS];
  putSessions(statements, [state('young', now)]);
  putSessions(statements, [state('ahead', ahead)]);
  expect(hasOldSessions(statements, ahead)).toBe(false);
  forgetSessions(statements, ahead, 300);
  expect(readSessions(statements, ['young', 'ahead'])).toHaveLength(2);
});

test('a session whose row is damaged counts as unknown', () => {
  const { statements } = connection();
  statements.putSession.run('s1', 1, '{');
  expect(readSessions(statements, ['s1'])).toEqual([]);
});
