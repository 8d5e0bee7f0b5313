/** Runs a command the way the program does, and keeps what it prints. */
import type { Command } from 'commander';
import { vi } from 'vitest';
import { run } from '../../../src/cli/program.ts';

interface CommandModule {
  readonly register: (program: Command) => void;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runCommand(module: CommandModule, args: readonly string[]): Promise<Ran> {
  return captured(async () => run(args, '1.2.3', new Map([[args[0] ?? '', async () => module]])));
}

/** Runs a command line with all commands. */
export async function runProgram(args: readonly string[]): Promise<Ran> {
  return captured(async () => run(args, '1.2.3'));
}

async function captured(work: () => Promise<number>): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(text => Boolean((stdout += String(text))));
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(text => Boolean((stderr += String(text))));
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    const code = await work();
    return { code, stdout, stderr };
  } finally {
    process.exitCode = before;
    out.mockRestore();
    err.mockRestore();
  }
}
