import { expect, test } from 'vitest';
import { startProgress } from '../../../src/cli/io/progress.ts';

/** A stream that records its input, and a manual clock. */
function fakes(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  const clock = { ms: 50_000 };
  return {
    written,
    clock,
    clockMs: () => clock.ms,
    stream: { isTTY, columns, write: (text: string) => written.push(text) },
  };
}

test('work that takes less than a second shows no progress', () => {
  for (const isTTY of [true, false]) {
    const { written, clock, clockMs, stream } = fakes(isTTY);
    const progress = startProgress({ label: 'simulating', total: 10, stream, clockMs });
    for (let i = 0; i < 10; i++) {
      clock.ms += 99;
      progress.advance();
    }
    progress.done();
    expect(written).toEqual([]);
  }
});

test('a terminal shows a bar with count, percentage and time left, and clears it at the end', () => {
  const { written, clock, clockMs, stream } = fakes(true);
  const progress = startProgress({ label: 'simulating', total: 4_000, stream, clockMs });
  clock.ms += 2_000;
  progress.advance(1_000);
  expect(written.at(-1)).toBe('\r\u001b[2Ksimulating ██████░░░░░░░░░░░░░░░░░░ 1,000 of 4,000, 25 %, 6 s left');
  clock.ms += 2_000;
  progress.advance(3_000);
  expect(written.at(-1)).toContain('4,000 of 4,000, 100 %');
  progress.done();
  expect(written.at(-1)).toBe('\r\u001b[2K');
});

test('a bar appears after one second', () => {
  const { written, clock, clockMs, stream } = fakes(true);
  const progress = startProgress({ label: 'simulating', total: 10, stream, clockMs });
  clock.ms += 999;
  progress.advance();
  expect(written).toEqual([]);
  clock.ms += 1;
  progress.advance();
  expect(written).toHaveLength(1);
});

test.each([
  [10, 3, '3 of 10, 30 %, 5 s left'],
  [10, 10, '10 of 10, 100 %'],
  [10, 12, '12 of 10, 100 %'],
  [10, 0, '0 of 10, 0 %'],
  [0, 0, '0 of 0, 100 %'],
])('the progress of %i units, with %i done after two seconds, is shown as %j', (total, units, text) => {
  const { written, clock, clockMs, stream } = fakes(true);
  const progress = startProgress({ label: 'simulating', total, stream, clockMs });
  clock.ms += 2_000;
  progress.reach(units);
  expect(written.at(-1)?.split(/[█░] /)[1]).toBe(text);
});

test('a bar is drawn at most ten times a second', () => {
  const { written, clock, clockMs, stream } = fakes(true);
  const progress = startProgress({ label: 'simulating', total: 100_000, stream, clockMs });
  for (let i = 0; i < 10_000; i++) {
    clock.ms += 1;
    progress.advance();
  }
  expect(written.length).toBeGreaterThan(50);
  expect(written.length).toBeLessThanOrEqual(91);
});

test('a bar is truncated at the width of the terminal', () => {
  const { written, clock, clockMs, stream } = fakes(true, 20);
  const progress = startProgress({ label: 'simulating', total: 10, stream, clockMs });
  clock.ms += 2_000;
  progress.advance();
  expect(written.at(-1)?.replace('\r\u001b[2K', '')).toHaveLength(19);
});

test('an output stream that is not a terminal gets a progress line every five seconds', () => {
  const { written, clock, clockMs, stream } = fakes(false);
  const progress = startProgress({ label: 'simulating', total: 30, stream, clockMs });
  for (let i = 0; i < 12; i++) {
    clock.ms += 1_000;
    progress.advance();
  }
  progress.done();
  expect(written).toEqual(['simulating 5 of 30, 16 %, 25 s left\n', 'simulating 10 of 30, 33 %, 20 s left\n']);
});

test('progress without a total shows only the count', () => {
  const { written, clock, clockMs, stream } = fakes(false);
  const progress = startProgress({ label: 'reading', stream, clockMs });
  clock.ms += 6_000;
  progress.advance(1_234);
  expect(written).toEqual(['reading 1,234\n']);
});

test('`reach` sets the completed count', () => {
  const { written, clock, clockMs, stream } = fakes(false);
  const progress = startProgress({ label: 'reading', stream, clockMs });
  progress.advance(5);
  clock.ms += 6_000;
  progress.reach(700);
  expect(written).toEqual(['reading 700\n']);
});

test('silent progress and progress after `done` show nothing', () => {
  const { written, clock, clockMs, stream } = fakes(true);
  const silent = startProgress({ label: 'simulating', total: 10, silent: true, stream, clockMs });
  const ended = startProgress({ label: 'simulating', total: 10, stream, clockMs });
  ended.done();
  clock.ms += 60_000;
  silent.advance();
  silent.done();
  ended.advance();
  expect(written).toEqual([]);
});
