/** Every command, argument and option with values of every wrong kind. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routedLedger } from '../cli/commands/routed-ledger.ts';
import { runProgram } from '../cli/commands/run-command.ts';
import { ROOT } from '../../tools/sources.ts';
import { FILES, wrongLinesOf } from './command-lines.ts';
import { contentOf, faultOfCommand } from './judge.ts';

const COMMANDS = join(ROOT, 'src/cli/commands');

async function commands(): Promise<Command> {
  const program = new Command('outcome-router');
  for (const file of readdirSync(COMMANDS)) {
    const { register } = (await import(join(COMMANDS, file))) as { readonly register?: (program: Command) => void };
    register?.(program);
  }
  return program;
}

const shown = (args: readonly string[]): string => args.map(arg => (/^\S+$/.test(arg) ? arg : `'${arg}'`)).join(' ');

const { directory } = await routedLedger(3);
const file = (name: keyof typeof FILES): string => join(directory, FILES[name]);
const lines = (await commands()).commands.flatMap(command => wrongLinesOf(command, directory));

beforeAll(async () => {
  const models = ['mini', 'premium'];
  const rows = Array.from({ length: 12 }, (_, i) => models.map(model => `${i},support,${model},${i % 2},0.01`)).flat();
  writeFileSync(file('table'), ['id,feature,model,success,cost_usd', ...rows].join('\n'));
  const answer = { success: 1, requests: [{ inputTokens: 10, outputTokens: 5 }] };
  const traced = { session: 's', feature: 'chat', atMs: Date.UTC(2026, 10, 1), answers: { 'gpt-5': answer } };
  writeFileSync(file('sessions'), JSON.stringify(traced));
  writeFileSync(file('text'), 'no ledger');
  mkdirSync(file('folder'));
  await runProgram(['export', file('ledger'), '--out', file('export')]);
  await runProgram(['export', file('ledger'), '--format', 'focus', '--out', file('bill')]);
});
afterAll(() => rmSync(directory, { recursive: true }));

test(`each of ${lines.length} wrong command lines ends with exit code 1 and one error that says where the mistake is, and writes nothing`, async () => {
  expect(lines.length).toBeGreaterThan(1_000);
  const whole = contentOf(directory);
  const faults: string[] = [];
  for (const { args, where } of lines) {
    const fault = faultOfCommand(await runProgram(args), where);
    if (fault !== undefined) faults.push(`${shown(args)}: ${fault}`);
    if (contentOf(directory) !== whole) throw new Error(`${shown(args)} wrote a file`);
  }
  expect(faults).toEqual([]);
}, 300_000);

test('a misspelt command is named, with the one that is probably meant', async () => {
  const ran = await runProgram(['reprot', file('ledger')]);
  expect(faultOfCommand(ran, ['reprot'])).toBeUndefined();
  expect(ran.stderr).toContain('Did you mean report?');
});
