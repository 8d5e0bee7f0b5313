/** Names of models and of their snapshots: decides which names mean one model. */
const SNAPSHOT = /(?:[-@](?:20\d{2}-\d{2}-\d{2}|20\d{6})|-latest)$/;

/** A snapshot as vendors also write it: by year and month (`-2506`), by month and day (`-0709`), or by number (`-001`). */
const SHORT_SNAPSHOT = /-(?:00[1-9]|2\d(?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))$/;

/** A model's name without its date: `gpt-5-2025-08-07`, `claude-opus-4-5-20251101`, `claude-3-opus-latest`. */
export function withoutSnapshot(model: string): string {
  return model.replace(SNAPSHOT, '');
}

/**
 * Whether two names mean one model: the same name in any case, with or without a `provider/` before it, and where one of them
 * is a snapshot, the other is that snapshot or the name without a date. Two different snapshots are two models.
 */
export function meansSameModel(a: string, b: string): boolean {
  const [one, other] = [dated(a), dated(b)];
  if (haveOtherDates(a, b)) return false;
  return one.name === other.name || one.name.endsWith(`/${other.name}`) || other.name.endsWith(`/${one.name}`);
}

/** Two snapshots of different dates. */
export function haveOtherDates(a: string, b: string): boolean {
  const [one, other] = [dated(a).date, dated(b).date];
  return one !== '' && other !== '' && one !== other;
}

/** Words by which vendors distinguish the variants of a model. The variants may have one price. */
const VARIANT_WORDS: ReadonlySet<string> = new Set([
  'audio',
  'chat',
  'codex',
  'customtools',
  'diarize',
  'max',
  'preview',
  'pro',
  'safeguard',
  'search',
  'vision',
]);
const FINE_TUNED = /(?:^|\/)ft:|\.ft-/i;

/** Whether two names with one listed price mean different models: variants, or models fine-tuned separately. */
export function areVariants(a: string, b: string): boolean {
  if (FINE_TUNED.test(a) || FINE_TUNED.test(b)) return a.toLowerCase() !== b.toLowerCase();
  return variantOf(a) !== variantOf(b);
}

function variantOf(model: string): string {
  const words = model.toLowerCase().split(/[^a-z]+/);
  return words
    .filter(word => VARIANT_WORDS.has(word))
    .sort()
    .join(' ');
}

function dated(model: string): { readonly name: string; readonly date: string } {
  const wanted = model.toLowerCase();
  const undated = withoutSnapshot(wanted);
  const name = undated === wanted ? wanted.replace(SHORT_SNAPSHOT, '') : undated;
  return { name, date: wanted.slice(name.length).replaceAll(/\D/g, '') };
}
