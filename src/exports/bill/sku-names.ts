/** Models and meters as bills write them: `GPT 5 Mini cchd Inpt Glbl 1M Tokens`, `USE1-Claude4.6Opus-input-tokens`. */
import { geminiSku } from './gemini-sku.ts';

export interface SkuNames {
  readonly model: string;
  /** A name as in `SkuMeter` of our export. */
  readonly meter: string;
}

/** The patterns of meters; the first match counts. The text without the matched words is the model's name. */
const METERS: readonly (readonly [pattern: RegExp, meter: string])[] = [
  [/\bweb[ _-]?search(?:es)?\b.*$/i, 'Web Searches'],
  [/\bfile[ _-]?search(?:es)?\b.*$/i, 'File Searches'],
  [/\bcode[ _-]?(?:interpreter|execution)\b.*$/i, 'Code Sessions'],
  [/\b(?:1[ _-]?h(?:our|r)?[ _-])(?:prompt )?cache[ _-]?write.*$/i, 'Cache Write Tokens 1h'],
  [/\bcache[ _-]?write.*?(?:1[ _-]?h(?:our|r)?\b).*$/i, 'Cache Write Tokens 1h'],
  [/\b(?:5[ _-]?m(?:in(?:ute)?)?[ _-])(?:prompt )?cache[ _-]?write.*$/i, 'Cache Write Tokens 5m'],
  [/\bcache[ _-]?write.*?(?:5[ _-]?m(?:in(?:ute)?)?s?\b).*$/i, 'Cache Write Tokens 5m'],
  [/\bcachewrite1hinputtokencount.*$/i, 'Cache Write Tokens 1h'],
  [/\b(?:input |prompt )?cache[ _-]?writes?\b.*$/i, 'Cache Write Tokens'],
  [/\bcachewriteinputtokencount.*$/i, 'Cache Write Tokens'],
  [/\bcachereadinputtokencount.*$/i, 'Cache Read Tokens'],
  [/\b(?:input[ _-]|prompt[ _-])?cache[ _-]?(?:read|hits?)\b.*$/i, 'Cache Read Tokens'],
  [/\b(?:cached|cchd|cd)[ _-](?:text[ _-])?(?:inpt|input|inp)\b.*$/i, 'Cache Read Tokens'],
  [/\b(?:text|image|video)[ _-]input[ _-]caching\b(?! storage).*$/i, 'Cache Read Tokens'],
  [
    /\b(?:inpt|input|inp)[ _-](?:(?:text|image|video)[ _-])?(?:cached|cchd|caching)\b(?! storage).*$/i,
    'Cache Read Tokens',
  ],
  [/\baudio[ _-](?:inpt|input|inp)\b.*$/i, 'Input Audio Tokens'],
  [/\baudio[ _-](?:outpt|output|outp|opt)\b.*$/i, 'Output Audio Tokens'],
  [/\bimage[ _-](?:outpt|output|outp|opt)\b.*$/i, 'Output Image Tokens'],
  [/\binputtokencount.*$/i, 'Input Tokens'],
  [/\boutputtokencount.*$/i, 'Output Tokens'],
  [/\b(?:thinking )?(?:text[ _-])?(?:outpt|output|outp|opt|completion)\b.*$/i, 'Output Tokens'],
  [/\b(?:text[ _-]|image[ _-]|video[ _-])?(?:inpt|input|inp|prompt)\b.*$/i, 'Input Tokens'],
];

/** Words that clouds write before a model's name: a region, a marketplace, a vendor. */
const BEFORE_MODEL = [
  /^[A-Z]{2,4}\d?-MP:[A-Z\d]+[_-]?/,
  /^(?:[A-Z]{2,4}\d?|[A-Z]{2,3}[A-Z]?\d)-(?=[A-Za-z])/,
  /^Azure OpenAI(?: Service)?\s*[-–:]?\s*/i,
  /^(?:Amazon )?Bedrock[-: ]*/i,
];
/** Words that clouds write after a model's name: how it is served. */
const BEHIND_MODEL =
  /[ _-]+(?:mantle|glbl|gl|global|dzone|data ?zone|dz|regnl|rgnl|regional|ga|std|standard|batch|pp|priority|flex|shortco|longco|usage|text|tokens?)$/i;

/** @param text one of a row's texts, most exact first; returns `undefined` if it names no meter of a model */
export function namesInSku(text: string): SkuNames | undefined {
  // `Claude Opus 4.5 (Amazon Bedrock Edition)` is next to a usage type without a model.
  const spaced = text.replaceAll('_', ' ');
  const ofGemini = geminiSku(spaced);
  if (ofGemini !== undefined) return ofGemini;
  for (const [pattern, meter] of METERS) {
    const found = pattern.exec(spaced);
    if (found === null) continue;
    return { model: modelIn(spaced.slice(0, found.index)), meter };
  }
  return undefined;
}

/** The model's name in a text; empty if only words on how it is served remain. */
export function modelIn(text: string): string {
  let model = text;
  for (const pattern of BEFORE_MODEL) model = model.replace(pattern, '');
  // AWS writes a name after a region as one word: `NovaLite`.
  if (model !== text && !/[ -]/.test(model.replace(/[-_ ]+$/, '')))
    model = model.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-');
  model = model.replace(/\(.*?\)/g, ' ').replace(/[-_ ,|/:–]+$/, '');
  for (let before = ''; before !== model; ) {
    before = model;
    model = model.replace(BEHIND_MODEL, '').trim();
  }
  // Azure leaves the name of the family out: `5.4 mini`.
  return /^\d/.test(model) ? `gpt ${model}` : model;
}
