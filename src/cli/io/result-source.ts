/** The origin of a page or a JSON document: the program, the time and the options. */
import type { Command } from 'commander';
import { formatMoment } from '../../core/report/wording.ts';

export interface ResultSource {
  /** `outcome-router 0.1.0`. */
  readonly madeBy: string;
  /** Milliseconds since the epoch. */
  readonly madeAtMs: number;
  /** Options as they were typed, without those that choose the output: `--last 30d`. Empty if there are none. */
  readonly options: string;
}

/** The source of a result: the command whose action runs. */
export function resultSource(command: Command): ResultSource {
  // Commander has the arguments, although its types do not declare them.
  const program = (command.parent ?? command) as Command & { readonly rawArgs?: readonly string[] };
  return {
    madeBy: `${program.name()} ${program.version() ?? ''}`.trimEnd(),
    madeAtMs: Date.now(),
    options: optionsAsTyped(program.rawArgs?.slice(1) ?? [], command.args),
  };
}

/** Options for the output and for the ledger, which is shown separately. */
const WITH_VALUE = ['--html', '--db'];
const FLAGS = ['--json', '--csv'];

function optionsAsTyped(args: readonly string[], operands: readonly string[]): string {
  const left = [...operands];
  const kept: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    const [name = ''] = arg.split('=');
    if (FLAGS.includes(arg)) continue;
    if (WITH_VALUE.includes(name)) {
      if (arg === name) i++;
      continue;
    }
    const operand = left.indexOf(arg);
    if (operand >= 0) left.splice(operand, 1);
    else kept.push(/[\s"'\\]/.test(arg) || arg === '' ? JSON.stringify(arg) : arg);
  }
  return kept.join(' ');
}

/** The same facts for the head of a page. */
export function sourceFacts({ madeBy, madeAtMs, options }: ResultSource): readonly (readonly [string, string])[] {
  return [
    ['Generated', `${formatMoment(madeAtMs)} UTC by ${madeBy}`],
    ['Options', options === '' ? 'none' : options],
  ];
}
