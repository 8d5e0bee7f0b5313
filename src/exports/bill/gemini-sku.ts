/** Models and meters as the SKUs of the Gemini API write them, in which the model follows the meter. */

/** Names of SKUs of the Gemini API: `Generate_content cached image input token count for gemini 3 flash`. */
const GEMINI_API =
  /^\s*(?:bidi )?generate content(?<cached> cached)?(?<modality> text| image| audio| video)? (?<side>input|output) token count (?<of>for )?(?<model>.*)$/i;
/** The words after the model: how it is served, and the kind of its tokens. */
const SERVED = / (?<word>short|long|input|output|flex|batch|priority|caching|cached|thinking)$/i;
const MODALITY = / (?<word>text|image|audio|video)$/i;

/** @param text with spaces between its words */
export function geminiSku(text: string): { readonly model: string; readonly meter: string } | undefined {
  const found = GEMINI_API.exec(text)?.groups;
  if (found === undefined) return undefined;
  const { cached, modality = '', side = '', of } = found;
  let model = (found['model'] ?? '').trim();
  const words = [cached, modality].map(word => word?.trim().toLowerCase() ?? '');
  for (;;) {
    // After `for`, there is only the model, which may be an image model.
    const end = SERVED.exec(model) ?? (of === undefined ? MODALITY.exec(model) : null);
    if (end === null) break;
    words.push(end.groups?.['word']?.toLowerCase() ?? '');
    model = model.slice(0, end.index);
  }
  const isCached = words.includes('cached') || words.includes('caching');
  return { model, meter: meterOf(side.toLowerCase(), isCached, words) };
}

function meterOf(side: string, isCached: boolean, words: readonly string[]): string {
  if (isCached) return words.includes('audio') ? 'Cache Read Audio Tokens' : 'Cache Read Tokens';
  if (words.includes('audio')) return side === 'input' ? 'Input Audio Tokens' : 'Output Audio Tokens';
  if (side === 'input') return 'Input Tokens';
  return words.includes('image') ? 'Output Image Tokens' : 'Output Tokens';
}
