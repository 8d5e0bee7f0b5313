/** Wrong command lines, made from the commands themselves: every argument and option of each, spoilt by the kind of its value. */
import { join } from 'node:path';
import type { Command, Option } from 'commander';

export interface WrongLine {
  readonly args: readonly string[];
  /** The line of the error must contain one of these texts. */
  readonly where: readonly string[];
}

/** Files and folders of the trials, of which some are there. */
export const FILES = {
  ledger: 'router.db',
  newLedger: 'new.db',
  export: 'ledger.jsonl',
  bill: 'bill.csv',
  table: 'table.csv',
  sessions: 'sessions.jsonl',
  config: 'router.config.mjs',
  archive: 'old-intents',
  folder: 'folder',
  text: 'notes.txt',
  missing: 'no/such/file',
} as const;

const FILE_NAMES = new Set<string>(Object.values(FILES));

/** A correct value of every argument that a command requires. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  table: FILES.table,
  feature: 'support.reply',
  model: 'mini',
  plan: 'mini>premium',
  from: FILES.ledger,
  to: FILES.newLedger,
  file: FILES.export,
  models: 'openai/gpt-5',
  id: 'x',
};

/** The other options that a command requires, so that the mistake is the only one. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  archive: ['--older-than', '1d', '--to', FILES.archive],
  audit: ['--feature', 'support.reply'],
  bench: ['--failure-cost', '1', '--shuffles', '1'],
  calc: ['--token-cost', '0.01', '--success', '0.9', '--failure-cost', '1'],
  check: ['--drift'],
  demo: ['--intents', '10'],
  forget: ['--intent', 'x'],
  holdout: ['--fraction', '0.1'],
  import: [FILES.newLedger],
  'prices break-even': ['--gpu-hour', '1'],
  'prices check': ['--config', FILES.config],
  'prices cost': ['--input', '10'],
  prune: ['--older-than', '1d'],
  reconcile: ['--bill', FILES.bill],
  replay: ['--policy', 'always:mini'],
  'replay-sessions': ['--failure-cost', '1'],
  schema: ['--postgres'],
  simulate: ['--intents', '10', '--runs', '1'],
};

const NO_FILE = [FILES.missing, FILES.folder, ''];
const NO_PART = ['-0.1', 'half', '', 'NaN'];

/** Wrong values, by the name of the kind of value in the help. For all other kinds, any text is correct. */
const WRONG: Readonly<Record<string, readonly string[]>> = {
  duration: ['soon', '-1d', '30', '5 weeks', 'NaN', ''],
  date: ['yesterday', '2026-13-01', '2026-02-30', '01/11/2026', ''],
  month: ['2026-13', 'November', '2026-11-01', ''],
  usd: ['-1', 'NaN', '1,50', '$1', '', 'ten', '1e400'],
  n: ['-1', 'many', '', '1e400'],
  'n...': ['-1', 'many', ''],
  intents: ['-1', '1.5', 'many', ''],
  rate: NO_PART,
  fraction: [...NO_PART, '1.5', '101%'],
  percent: [...NO_PART, '101%'],
  number: ['-1', '70000', 'http', '1.5'],
  template: ['javascript:alert(1)//{intentId}', 'nowhere', ''],
  zone: ['Mars/Olympus', ''],
  ledger: [FILES.missing, FILES.folder, FILES.text, 'mysql://user@host/database', ''],
  file: NO_FILE,
  'file...': NO_FILE,
  'files...': NO_FILE,
  folder: [FILES.text, ''],
  'feature=usd...': ['support.reply=free', '=1', 'suport.reply=1', '-1', ''],
  'feature=rate...': ['support.reply=high', '=1', 'suport.reply=0.5', '101%'],
  'intent=outcome...': ['x', 'x=maybe', '=success', ''],
  rates: ['1', 'a,b', '2,1', ''],
  groups: ['x', '1', ''],
  fields: ['x', 'suces=1', 'success=2', 'token-cost=-1', ''],
  columns: ['x', 'nothing=a', 'feature=', ''],
  value: ['many', 'NaN', ''],
  'name=logged...': ['x', '=a', 'a=', ''],
  'column=value...': ['x', '=a', ''],
  'currency=rate...': ['EUR', 'EUR=-1', 'EUR=x', '=1'],
  what: ['nothing', ''],
  plan: ['minni', 'mini>', ''],
  'models...': ['x', 'a=2', ''],
};

/** Of the command and its parts, in a folder with the files. */
export function wrongLinesOf(command: Command, folder: string): readonly WrongLine[] {
  const inFolder = (text: string): string => {
    const [, start = '', name = ''] = /^(--[\w-]+=)?(.*)$/.exec(text) ?? [];
    return FILE_NAMES.has(name) ? `${start}${join(folder, name)}` : text;
  };
  return linesOf(command, []).map(({ args, where }) => ({
    args: args.map(inFolder),
    where: where.map(each => (FILE_NAMES.has(each) ? `error: ${inFolder(each)}:` : each)),
  }));
}

function linesOf(command: Command, path: readonly string[]): readonly WrongLine[] {
  const names = [...path, command.name()];
  if (command.commands.length > 0) return command.commands.flatMap(part => linesOf(part, names));
  const { registeredArguments, options } = command;
  const needed = NEEDED[names.join(' ')] ?? [];
  const required = registeredArguments.filter(argument => argument.required);
  const arg = (name: string): string => (names[0] === 'replay-sessions' ? FILES.sessions : (ARGUMENTS[name] ?? name));
  const begun = [...names, ...required.map(argument => arg(argument.name()))];
  const hasLedger = registeredArguments.some(argument => argument.name() === 'ledger') && names[0] !== 'import';
  const right = [...begun, ...(hasLedger ? [FILES.ledger] : []), ...needed];
  const isVariadic = registeredArguments.some(argument => argument.variadic);
  return [
    ...(required.length === 0 ? [] : [{ args: names, where: ['missing required argument', 'required option'] }]),
    ...(isVariadic ? [] : [{ args: [...right, '--', 'a', 'b', 'c', 'd'], where: ['too many arguments'] }]),
    ...options.flatMap(option => {
      const line = option.long === '--db' ? [...begun, ...needed] : right;
      return option.hidden ? [] : wrongOptions(option).map(({ args, where }) => ({ args: [...line, ...args], where }));
    }),
  ];
}

function wrongOptions(option: Option): readonly WrongLine[] {
  const name = option.long ?? '';
  const misspelt = `${name}${name.at(-1) ?? ''}`;
  const [, kind = ''] = /<(.*)>/.exec(option.flags) ?? [];
  const values = option.argChoices === undefined ? (WRONG[kind] ?? []) : ['nothing', ''];
  return [
    { args: [misspelt, 'x'], where: [misspelt] },
    ...(option.required ? [{ args: [name], where: [name] }] : []),
    // If the value is a file, the error may name the file in place of the option.
    ...values.map(value => ({ args: [`${name}=${value}`], where: value === '' ? [name] : [name, value] })),
  ];
}
