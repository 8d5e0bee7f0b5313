const SNAPSHOT = /(?:[-@](?:20\d{2}-\d{2}-\d{2}|20\d{6})|-latest)$/;

/** A model's name without its date: `gpt-5-2025-08-07`, `claude-opus-4-5-20251101`, `claude-3-opus-latest`. */
export function withoutSnapshot(model: string): string {
  return model.replace(SNAPSHOT, '');
}
