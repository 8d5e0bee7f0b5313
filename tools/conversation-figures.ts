/** The figures of docs/conversations.md: generated conversations, replayed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strategyName } from '../src/cli/commands/replay-sessions.ts';
import type { SessionReplay } from '../src/conversations/replay-sessions.ts';
import { formatFigure, formatPercent, formatUsd } from '../src/core/report/wording.ts';
import type { FigureBlock } from './figure-blocks.ts';
import { markdownTable } from './figure-blocks.ts';
import { capture } from './run.ts';
import { ROOT } from './sources.ts';

export const CONVERSATION_FIGURES: Readonly<Record<string, FigureBlock>> = {
  conversations: {
    command:
      'node benchmarks/sessions/write-traces.ts --intents 5000 --seed 1000000 > sessions.jsonl && ' +
      'npx outcome-router replay-sessions sessions.jsonl --failure-cost 0.25 --runs 8',
    exact: false,
    make: conversationsTable,
  },
};

function conversationsTable(): string {
  const directory = mkdtempSync(join(tmpdir(), 'outcome-router-figures-'));
  const file = join(directory, 'sessions.jsonl');
  writeFileSync(file, run('benchmarks/sessions/write-traces.ts', '--intents', '5000', '--seed', '1000000'));
  const replayed = run('src/cli/main.ts', 'replay-sessions', file, '--failure-cost', '0.25', '--runs', '8', '--json');
  rmSync(directory, { recursive: true });
  const { intents, strategies } = JSON.parse(replayed) as SessionReplay;
  return markdownTable(
    ['', 'success', 'model spend', 'cost per intent', 'over the router without sessions', 'read from cache'],
    strategies.map(each => [
      strategyName(each.strategy),
      formatPercent(each.successRate),
      formatUsd(each.spendUsd / intents),
      formatUsd(each.costPerIntentUsd),
      each.strategy === 'no-sessions' ? '' : formatFigure(each.overNoSessions, formatPercent),
      formatPercent(each.readFraction),
    ]),
  );
}

function run(...args: readonly string[]): string {
  const { status, stdout, stderr } = capture(
    'node',
    args.map((arg, i) => (i === 0 ? join(ROOT, arg) : arg)),
  );
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
