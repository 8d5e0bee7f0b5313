import { expect, test } from 'vitest';
import { lazySessions } from '../../../src/engine/state/sessions.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

const open = () => lazySessions({ store: {}, runtime: testRuntime(), faulted: () => {} });

test('the code of sessions is loaded once, with the first session', async () => {
  const sessions = open();
  expect(sessions.book).toBeUndefined();
  await sessions.flush();
  const [one, other] = [sessions.ready(), sessions.ready()];
  expect(await one).toBe(await other);
  expect(sessions.book).toBe(await one);
  expect(sessions.ready()).toBeUndefined();
});

test('a session that is announced before the code of sessions has loaded is read once it has', async () => {
  const asked: string[] = [];
  const store = {
    sessions: async (ids: readonly string[]) => (asked.push(...ids), []),
    putSessions: async () => {},
  };
  const sessions = lazySessions({ store, runtime: testRuntime(), faulted: () => {} });
  sessions.expect('s1');
  await sessions.ready();
  await Promise.resolve();
  expect(asked).toEqual(['s1']);
});
