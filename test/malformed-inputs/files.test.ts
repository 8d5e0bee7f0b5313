/** Tables of outcomes, bills and exports with one wrong cell or field: the error names the file and the place in it. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { routedLedger } from '../cli/commands/routed-ledger.ts';
import { runProgram } from '../cli/commands/run-command.ts';
import { anthropicCosts, dailyLines, openaiCosts, someCalls } from '../exports/bill/vendor-bills.ts';
import { trials } from '../support/trials.ts';
import { contentOf, faultOfCommand } from './judge.ts';
import { spoiltOf } from './wrong-values.ts';

interface WrongFile {
  readonly what: string;
  readonly text: string;
}

const { directory, ledger } = await routedLedger(3);
const file = join(directory, 'given');
afterAll(() => rmSync(directory, { recursive: true }));

/** What JSON cannot hold. */
const NOT_IN_JSON = / = (NaN|Infinity|10|Symbol.*)$/;
const NO_NUMBER = ['', 'x', 'NaN', 'Infinity', '1e400', '1,5', '$1', '0x1'];
const NO_TIME = ['', 'yesterday', '2026-13-01', '2026-02-30', '31/12/2026'];

/** Cells of a table, each in place of the one in the second row: its fields must not need quotes. */
function wrongCells(table: string, wrong: Readonly<Record<string, readonly string[]>>): readonly WrongFile[] {
  const [header = '', first = '', second = '', ...rest] = table.split('\n');
  const names = header.split(',');
  const whole = (line: string, heading = header): string => [heading, first, line, ...rest].join('\n');
  return Object.entries(wrong).flatMap(([name, values]) => {
    const index = names.indexOf(name);
    if (index < 0) throw new Error(`the table has no column ${name}`);
    return [
      ...values.map(value => ({
        what: `${name} = ${JSON.stringify(value)}`,
        // A comma divides cells, unless the cell is in quotes.
        text: whole(
          second
            .split(',')
            .with(index, value.includes(',') ? `"${value}"` : value)
            .join(','),
        ),
      })),
      { what: `${name} is ${name}x`, text: whole(second, names.with(index, `${name}x`).join(',')) },
      { what: `${name} is there twice`, text: whole(second, [...names, name].join(',')) },
    ];
  });
}

/** Each of the files is given to the command, and the faults of its errors are collected. */
async function faultsOf(files: readonly WrongFile[], args: readonly string[]): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const { what, text } of files) {
    writeFileSync(file, text);
    const before = contentOf(directory);
    const fault = faultOfCommand(await runProgram(args), [file]);
    if (fault !== undefined) faults.push(`${what}: ${fault}`);
    if (contentOf(directory) !== before) faults.push(`${what}: something was written`);
    rmSync(join(directory, 'new.db'), { force: true });
  }
  return faults;
}

/** Texts that are valid in no format: each counts like a missing file. */
const NO_FORMAT: readonly WrongFile[] = [
  '',
  '\n\n',
  'x',
  '{',
  '[]',
  '{}',
  'null',
  '"a"',
  '\0\0\0\0',
  '<html></html>',
].map(text => ({ what: JSON.stringify(text), text }));

const TABLE = [
  'id,feature,model,success,cost_usd,at',
  ...[1, 2, 3].flatMap(id => ['mini', 'premium'].map(model => `${id},support,${model},1,0.01,2026-11-0${id}`)),
].join('\n');

const TABLES = [
  ...NO_FORMAT,
  ...wrongCells(TABLE, {
    id: [''],
    feature: [''],
    model: [''],
    success: [...NO_NUMBER, '-1', '1.1', 'yes'],
    cost_usd: [...NO_NUMBER.filter(text => text !== ''), '-1'],
    at: NO_TIME.filter(text => text !== ''),
  }).filter(({ what }) => what !== 'at is atx'),
];

test(`each of ${TABLES.length} wrong tables of outcomes is refused`, async () => {
  expect(await faultsOf(TABLES, ['bench', file, '--failure-cost', '1', '--shuffles', '1'])).toEqual([]);
  expect(await faultsOf(TABLES.slice(0, 20), ['priors', file])).toEqual([]);
});

const GENERATIONS = `generation_id,created_at,cost_total,model_permaslug,tokens_prompt,tokens_completion,api_key_name
gen-1,2026-11-01 10:00:00,0.001,openai/gpt-5-mini,10,20,key
gen-2,2026-11-01 11:00:00,0.001,openai/gpt-5-mini,10,20,key`;
const SPEND_LOGS = `request_id,startTime,endTime,model,spend,prompt_tokens,completion_tokens
one,2026-11-01T10:00:00Z,2026-11-01T10:00:01Z,gpt-5-mini,0.001,10,20
two,2026-11-01T11:00:00Z,2026-11-01T11:00:01Z,gpt-5-mini,0.001,10,20`;
const calls = someCalls();

/** Without costs, without a currency or a further page, and a credit. */
const RIGHT = /amount.value = null$|currency = (""|null)$|has_more = null$|(amount|value) = -\d$/;

/** Of a bill in JSON, the fields that are compared. */
function wrongFields(bill: object, compared: RegExp): readonly WrongFile[] {
  return [...spoiltOf(bill)]
    .filter(({ what }) => compared.test(what) && !RIGHT.test(what) && !NOT_IN_JSON.test(what))
    .map(({ what, value }) => ({ what, text: JSON.stringify(value) }));
}

const [OPENAI = ''] = openaiCosts(dailyLines(calls, 'openai').slice(0, 4), [], 99).split('\n\n');
const ANTHROPIC = anthropicCosts(dailyLines(calls, 'anthropic').slice(0, 4));
const BILLS = [
  ...NO_FORMAT.filter(({ text }) => text !== '[]'),
  ...wrongCells(GENERATIONS, { created_at: NO_TIME, cost_total: NO_NUMBER }),
  ...wrongCells(SPEND_LOGS, { startTime: NO_TIME, spend: NO_NUMBER.slice(1) }),
  ...wrongFields(
    JSON.parse(OPENAI) as object,
    /^data\.0\.(start_time|results\.0\.amount\.(value|currency)) = |^has_more = /,
  ),
  ...wrongFields(
    JSON.parse(ANTHROPIC) as object,
    /^data\.0\.(starting_at|results\.0\.(amount|currency)) = |^has_more = /,
  ),
];

test(`each of ${BILLS.length} wrong bills is refused`, async () => {
  expect(await faultsOf(BILLS, ['reconcile', ledger, '--bill', file, '--apply', '--yes'])).toEqual([]);
});

await runProgram(['export', ledger, '--out', file]);
const EXPORT = readFileSync(file, 'utf8').trimEnd().split('\n');

/** What a ledger may have all the same. */
const IN_LEDGERS: readonly RegExp[] = [
  // A reader ignores fields that it does not know.
  / is \w/,
  // An outcome that was withdrawn, and a plan that saves.
  /success = null$|\.averageNanoUsd\..* = -1$/,
  // The provider's texts, and those of an application's policy; earlier packages took a model of spaces.
  /(policy|reason|versions\.\w+|providerModel|responseModel|tier|providerRequestId|by) = ""$/,
  / = " "$/,
  // Earlier packages kept what a `run` function said of its usage.
  /^attempt\.usage\.\w+ = (-1|null)$/,
];

/**
 * One record of each kind, with values of another type: every fifth, since each makes a ledger. Each field has five or more, so at
 * least one of them is tried. With more trials every other one is.
 */
const EXPORTS = ['header', 'decided', 'attempted', 'labelled', 'end']
  .flatMap(kind => {
    const index = EXPORT.findIndex(line => line.includes(`"kind":"${kind}"`));
    return [...spoiltOf(JSON.parse(EXPORT[index] ?? '') as object)]
      .filter(({ what }) => ![NOT_IN_JSON, ...IN_LEDGERS].some(right => right.test(what)))
      .map(({ what, value }) => ({
        what: `${kind} ${what}`,
        text: EXPORT.with(index, JSON.stringify(value)).join('\n'),
      }));
  })
  .filter((_, index) => index % (trials(1) > 1 ? 2 : 5) === 0);

test(`each of ${EXPORTS.length} wrong exports is refused, and no ledger is left behind`, async () => {
  expect(EXPORTS.length).toBeGreaterThan(100);
  const wrong = [...NO_FORMAT, ...EXPORTS];
  expect(await faultsOf(wrong, ['import', file, join(directory, 'new.db')])).toEqual([]);
}, 120_000);
