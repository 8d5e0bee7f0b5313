/**
 * `node tools/check-words.ts [path…]`: finds words that a reader has to translate, and test titles that are not sentences.
 * CONTRIBUTING.md, "Plain English", has the rules. Exits with 1 when it finds one.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesMatching, ROOT } from './sources.ts';

/** Words to avoid and their replacements. Names are checked too: `dearestPlan` contains "dearest". */
const WORDS: readonly (readonly [pattern: RegExp, write: string])[] = [
  [/\b(?:nobody|no one)\b/i, 'name who: the caller, the store, this process, no process'],
  [/\b(?:somebody|someone|anybody|anyone|whoever)\b/i, 'name who: the caller, the store, another process'],
  [/\bdear(?:er|est|ly|ness)?\b/i, 'expensive'],
  [/\breckon(?:s|ed|ing)?\b/i, 'compute, calculate'],
  [/\b(?:mends?|mended|mending)\b/i, 'fix, repair, retry'],
  [/\b(?:foretells?|foretold|foretelling)\b/i, 'predict'],
  [/\b(?:alike|unlike each other)\b/i, 'similar, the same way'],
  [/\banew\b/i, 'again'],
  [/\bfor good\b/i, 'permanently, append-only'],
  [/\b(?:un)?heard\b/i, 'observed, labelled'],
  [/\bstray(?:s|ed)\b/i, 'differ'],
  [/\b(?:lets?|letting) go\b/i, 'close, release, evict'],
  [/\b(?:that|which|what) (?:is|are) none\b/i, 'what it is instead: invalid, not a number, absent'],
  [/(?:^|[.:;!?] |\/\*\* |\/\/ |\* )what (?:was|were) /i, 'a subject: who or what does it'],
  [/\bas far as\b/i, 'to the extent that, if, where'],
  [
    /\b(?:that|which|it|this) (?:is|are) no (?!(?:long|few|larg|small|high|low|earli|lat|oth|bett)er\b|more\b|less\b|such\b)/i,
    'is not a',
  ],
  [/\/\*\* (?:Fewest|Least) /, 'minimum number of'],
];

/** A title states a rule as a whole sentence: it does not continue the `describe` around it. */
const FRAGMENT =
  /^(?:is|are|its?|of|that|what|who|whoever|nobody|has|have|does|do|may|can|cannot|must|keeps?|gives?|gets?|goes|says?|takes|tells|leaves|loses?|sends|serves|shows|holds|joins|marks|chooses|becomes|withdraws|repeats|comes|asks (?:for|to|no)|ends (?:as|with))\b/i;
/** A title that is only a value says nothing by itself. */
const VALUE_ALONE = /^(?:%[a-z#]|\$[\w.]+)$/;
const TITLE =
  /\b(?:test|it)(?:\.each\([^]*?\))?(?:\(|<[^>]*>\()\s*(?<quote>['"`])(?<title>(?:\\.|(?!\k<quote>)[^\\])*)\k<quote>/g;

/** Files that are about these words. */
const EXCEPT = new Set(['tools/check-words.ts', 'test/check-words.test.ts']);

export interface Finding {
  readonly line: number;
  readonly found: string;
  readonly write: string;
}

/** `dearestPlan` → `dearest Plan`, and `MOST_DEAR` → `MOST DEAR`. */
function inWords(line: string): string {
  return line.replace(/([a-z])(?=[A-Z])/g, '$1 ').replaceAll('_', ' ');
}

/** Words to avoid in a text, in its names too. */
export function findWords(text: string): readonly Finding[] {
  return text.split('\n').flatMap((line, index) =>
    WORDS.flatMap(([pattern, write]) => {
      const found = pattern.exec(inWords(line))?.[0];
      return found === undefined ? [] : [{ line: index + 1, found: found.trim(), write }];
    }),
  );
}

/** Test titles that are not whole sentences. */
export function findFragments(text: string): readonly Finding[] {
  return [...text.matchAll(TITLE)].flatMap(match => {
    const title = match.groups?.['title'] ?? '';
    const line = text.slice(0, match.index).split('\n').length;
    return FRAGMENT.test(title) || VALUE_ALONE.test(title)
      ? [{ line, found: `"${title}"`, write: 'a whole sentence with a subject' }]
      : [];
  });
}

if (import.meta.main) {
  const wanted = process.argv.slice(2);
  const files = filesMatching(
    '{src,test,tools,benchmarks,examples}/**/*.{ts,tsx,css,html}',
    '*.md',
    'docs/**/*.md',
    'examples/*.md',
  ).filter(file => !EXCEPT.has(file) && (wanted.length === 0 || wanted.some(path => file.startsWith(path))));
  const findings = files.flatMap(file => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const fragments = file.endsWith('.test.ts') ? findFragments(text) : [];
    return [...findWords(text), ...fragments].map(finding => ({ file, ...finding }));
  });
  for (const { file, line, found, write } of findings) console.log(`${file}:${line} ${found} → ${write}`);
  console.log(`${findings.length} to rewrite in ${files.length} files`);
  process.exitCode = findings.length > 0 ? 1 : 0;
}
