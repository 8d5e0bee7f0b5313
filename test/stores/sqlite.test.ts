import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { sqlite } from '../../src/stores/sqlite.ts';
import { conformance } from './conformance.ts';

const directory = mkdtempSync(join(tmpdir(), 'outcome-router-'));
let files = 0;
const newPath = (): string => join(directory, `store-${files++}.db`);

afterAll(() => rmSync(directory, { recursive: true }));

conformance('sqlite', () => sqlite(newPath()));
