/** The difference of two texts as `diff -u` prints it, so that a person can read it and `patch` can apply it. */

/** Lines around a change. */
const CONTEXT = 3;

/** The diff is empty if the texts are equal. */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return '';
  const [old, now] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  const changes = changedLines(old.slice(head), now.slice(head));
  const lines = [...old.slice(0, head).map(text => ({ mark: ' ', text })), ...changes];
  const parts = hunks(lines);
  return [`--- a/${file}`, `+++ b/${file}`, ...parts].join('\n');
}

interface MarkedLine {
  readonly mark: string;
  readonly text: string;
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  const last = lines.pop();
  return last === '' ? lines : [...lines, `${last}\n\\ No newline at end of file`];
}

/** The lines of both texts, kept, removed or added; a longest common subsequence is kept. */
function changedLines(old: readonly string[], now: readonly string[]): readonly MarkedLine[] {
  let tail = 0;
  while (tail < old.length && tail < now.length && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const [rows, columns] = [old.length - tail, now.length - tail];
  const width = columns + 1;
  const kept = new Uint32Array((rows + 1) * width);
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      const at = row * width + column;
      kept[at] =
        old[row] === now[column] ? (kept[at + width + 1] ?? 0) + 1 : Math.max(kept[at + width] ?? 0, kept[at + 1] ?? 0);
    }
  }
  const lines: MarkedLine[] = [];
  let [row, column] = [0, 0];
  while (row < rows || column < columns) {
    const at = row * width + column;
    if (row < rows && column < columns && old[row] === now[column]) {
      lines.push({ mark: ' ', text: old[row++] ?? '' });
      column++;
    } else if (row < rows && (column === columns || (kept[at + width] ?? 0) >= (kept[at + 1] ?? 0)))
      lines.push({ mark: '-', text: old[row++] ?? '' });
    else lines.push({ mark: '+', text: now[column++] ?? '' });
  }
  return [...lines, ...old.slice(rows).map(text => ({ mark: ' ', text }))];
}

function hunks(lines: readonly MarkedLine[]): readonly string[] {
  const isNear = (index: number): boolean =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ mark }) => mark !== ' ');
  const result: string[] = [];
  let [oldLine, newLine] = [1, 1];
  let hunk: MarkedLine[] = [];
  let start = [1, 1];
  const end = (): void => {
    if (hunk.length === 0) return;
    const size = (mark: string): number => hunk.filter(line => line.mark !== mark).length;
    result.push(
      `@@ -${start[0]},${size('+')} +${start[1]},${size('-')} @@`,
      ...hunk.map(each => each.mark + each.text),
    );
    hunk = [];
  };
  for (const [index, line] of lines.entries()) {
    if (isNear(index)) {
      if (hunk.length === 0) start = [oldLine, newLine];
      hunk.push(line);
    } else end();
    if (line.mark !== '+') oldLine++;
    if (line.mark !== '-') newLine++;
  }
  end();
  return result;
}
