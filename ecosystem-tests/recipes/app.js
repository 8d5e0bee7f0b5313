/** Runs one example of the installed package, without a key: Node translates no TypeScript inside `node_modules`. */
import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const [, , name, ...args] = process.argv;
const { OPENAI_API_KEY: _, ANTHROPIC_API_KEY: __, DATABASE_URL: ___, ...env } = process.env;
const installed = dirname(createRequire(import.meta.url).resolve('outcome-router/package.json'));
cpSync(join(installed, 'examples'), 'examples', { recursive: true });
const { status } = spawnSync(process.execPath, [join('examples', name), ...args], { env, stdio: 'inherit' });
process.exitCode = status ?? 1;
