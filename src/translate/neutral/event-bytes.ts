/** Writes server-sent events. */
const ENCODER = new TextEncoder();

/** The bytes of what `write` returns for each event. */
export function eventBytes<Event>(events: readonly Event[], write: (event: Event) => string): Uint8Array {
  let text = '';
  for (const event of events) text += write(event);
  return ENCODER.encode(text);
}
