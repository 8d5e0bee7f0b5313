/** The code blocks of the documentation, as modules of their own. */

export interface Example {
  readonly file: string;
  /** Number of the line in the file where the code starts. */
  readonly line: number;
  readonly code: string;
}

/**
 * The `ts` blocks of a text, with the line at which each begins; `prefix` starts every line of a comment. Of a `diff` it is the code
 * after the change.
 */
export function blocksOf(file: string, text: string, firstLine = 1, prefix = /^/): readonly Example[] {
  const examples: Example[] = [];
  let open: { readonly line: number; readonly isDiff: boolean; readonly code: string[] } | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(prefix, '');
    const [, language] = /^\s*```(ts|diff)\s*$/.exec(line) ?? [];
    if (open === undefined && language !== undefined)
      open = { line: firstLine + index + 1, isDiff: language === 'diff', code: [] };
    else if (open !== undefined && /^\s*```\s*$/.test(line)) {
      examples.push({ file, line: open.line, code: open.code.join('\n') });
      open = undefined;
    } else if (open?.isDiff !== true) open?.code.push(line);
    else open.code.push(line.startsWith('-') ? '' : line.slice(1));
  }
  return examples;
}

/** One line of imports for the names that a block uses and does not declare. */
export function importsFor({ code }: Example, modules: ReadonlyMap<string, readonly string[]>): string {
  const declared = new Set(
    [...code.matchAll(/\b(?:const|let|function|class|interface|import type|import|type)\s+(\{[^}]*\}|\w+)/g)].flatMap(
      ([, names]) => names?.match(/\w+/g) ?? [],
    ),
  );
  const lines: string[] = [];
  for (const [module, names] of modules) {
    const used = names.filter(name => !declared.has(name) && new RegExp(`\\b${name}\\b`).test(code));
    for (const name of used) declared.add(name);
    if (used.length > 0) lines.push(`import { ${used.join(', ')} } from ${JSON.stringify(module)};`);
  }
  return lines.join(' ');
}
