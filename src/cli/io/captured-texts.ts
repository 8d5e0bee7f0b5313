/** Texts of intents that the application has captured. The ledger never contains text. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { RouterError } from '../../errors.ts';

/**
 * Texts by intent, from a file of JSON lines.
 *
 * @param wanted only these; default: all
 * @throws RouterError `invalid-data` with the line
 */
export async function capturedTexts(file: string, wanted?: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  let lineNumber = 0;
  for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    lineNumber++;
    if (line.trim() === '') continue;
    const { intentId, text } = textLine(line, `${file}:${lineNumber}`);
    if (wanted === undefined || wanted.has(intentId)) texts.set(intentId, text);
  }
  return texts;
}

function textLine(line: string, path: string): { readonly intentId: string; readonly text: string } {
  try {
    const value: unknown = JSON.parse(line);
    const { intentId, text } = value as { intentId?: unknown; text?: unknown };
    if (typeof intentId === 'string' && typeof text === 'string') return { intentId, text };
  } catch {
    // The error below covers this case too: it states the required format of a line.
  }
  throw new RouterError('invalid-data', 'this line is not a captured text', {
    path,
    accepted: '{ "intentId": "…", "text": "…" }',
  });
}
