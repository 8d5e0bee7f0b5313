import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { capturedTexts } from '../../../src/cli/io/captured-texts.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const directory = temporaryFolder();
const file = join(directory, 'texts.jsonl');

test('captured texts are read line by line, all of them or only those of the requested intents', async () => {
  writeFileSync(file, '{"intentId":"a","text":"Hello"}\n\n{"intentId":"b","text":"Bye"}\n');
  expect([...(await capturedTexts(file))]).toEqual([
    ['a', 'Hello'],
    ['b', 'Bye'],
  ]);
  expect([...(await capturedTexts(file, new Set(['b'])))]).toEqual([['b', 'Bye']]);
});

test.each([
  '{"intentId":"a"}',
  '{"text":"a"}',
  '{"intentId":1,"text":"a"}',
  '{"intentId":"a","text":1}',
  'Hello',
  'null',
])('an invalid line fails with an error that gives the line number: %s', async line => {
  writeFileSync(file, `{"intentId":"a","text":"Hello"}\n${line}\n`);
  await expect(capturedTexts(file)).rejects.toMatchObject({ code: 'invalid-data', path: `${file}:2` });
});
