/**
 * Runs commands as a user who may write nothing: `node other-user.ts <folder> <command line>…` in JSON. Each is run by root
 * first, on a copy of the folder, which loads the modules: only root may be able to read them.
 */
import { cpSync, mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/program.ts';

const [folder = '', ...lines] = process.argv.slice(2);
const written: string[] = [];
const write = (text: unknown, ...rest: readonly unknown[]): boolean => {
  const done = rest.at(-1);
  if (typeof done === 'function') done();
  return written.push(String(text)) > 0;
};
process.stdout.write = write;
process.stderr.write = write;

async function answersIn(place: string): Promise<readonly (readonly [number, string])[]> {
  const answers: [number, string][] = [];
  for (const line of lines) {
    written.length = 0;
    const code = await run(
      (JSON.parse(line) as string[]).map(arg => arg.replace('FOLDER', place)),
      '1.2.3',
    );
    answers.push([code, written.join('')]);
  }
  return answers;
}

const copy = mkdtempSync(join(tmpdir(), 'other-user-'));
cpSync(folder, copy, { recursive: true });
await answersIn(copy);
rmSync(copy, { recursive: true });
if (process.getuid?.() === 0) {
  process.setgid?.(65534);
  process.setuid?.(65534);
}
const answers = await answersIn(folder);
process.exitCode = 0;
writeSync(1, JSON.stringify(answers));
