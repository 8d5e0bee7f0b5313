/** Finds the parameters that an error refuses, and the capabilities that the model lacks according to the error. */
import type { Capability, RefusedParameter } from '../contracts/wire.ts';
import { isPreference, PREFERENCE_NAMES } from '../contracts/preference-names.ts';
import type { ErrorText } from './error-body.ts';

/**
 * A name without dots or brackets: inside a parameter, a transform drops only preferences. Parameters that every request needs
 * are excluded. In Anthropic's API, the effort is a member of `output_config`.
 */
const PARAMETER = /^(?!(?:model|messages|input|effort|and)$)[a-z]+(?:_[a-z]+)*$/;

/** The parameter that an error code refuses. Where `param` is empty, its name is read from the message, in OpenAI's wording. */
export function codedParameters({ codes, param, message }: ErrorText): readonly RefusedParameter[] {
  const code = codes.find(each => REFUSING.test(each));
  const name = param || /(?:parameter|value):? [`'"]([^`'"]+)[`'"]/i.exec(message)?.[1];
  if (code === undefined || name === undefined) return [];
  const refused = code === 'unsupported_value' ? refusedValue(name, message) : { name };
  return usable([{ ...refused, combined: COMBINED.exec(message)?.[1] }]);
}

const REFUSING = /^(?:unsupported_(?:parameter|value)|unknown_parameter)$/;

/** Captures the other parameter: the model would accept the refused one without it. */
const COMBINED =
  /\bnot \w+ (?:with|when|if) (?:using )?[`'"]?(?!the|this|any|your|model)([a-z]+(?:_[a-z]+)*)(?![\w-]| models?\b)/;

/** If the error lists other values as supported, only this value is refused. */
function refusedValue(name: string, message: string): RefusedParameter {
  if (/only the default/i.test(message)) return { name };
  const text = /(?:does not support |value: )'?([^' ]+)'? (?:with|is not)/i.exec(message)?.[1];
  if (text === undefined) return { name, isValue: true };
  return { name, value: /^(?:-?[\d.]+|true|false)$/.test(text) ? text : JSON.stringify(text) };
}

/**
 * Sentences that refuse parameters as such. `LIST` stands for their names, `PREFERENCES` only for names of preferences, in
 * sentences where any noun may occur. Any other sentence may be about a mistake of the caller.
 */
const SENTENCES: readonly RegExp[] = [
  // Anthropic, Groq
  /[`'"]([a-z_]+)[`'"] (?:is|are) (?:deprecated|unsupported|not (?:supported|allowed|available)) (?:for|on|by|with|in) (?:this|the) model\b/,
  // The second name is that of a parameter without which the first may be sent.
  /[`'"]?\b([a-z_]+)[`'"]? and [`'"]?([a-z_]+)[`'"]? (?:can|may|must)(?: ?not|'t) (?:both )?be (?:both )?(?:specified|set|used)/,
  /[`'"]([a-z_]+)[`'"] (?:may only|must) be [^\n]*? when [`'"]?([a-z_]+)/,
  // Pydantic's wording, in a plain sentence or in a list of errors as Python prints it (vLLM, Fireworks)
  /(?:(?<![.\w\]'])|'body', ')(stream_options\.\w+|[a-z_]+)(?:: |'\), 'msg': ')extra (?:inputs|fields)(?: are)? not permitted/,
  /\bmodel does(?: not|n't) support (?:the )?[`'"]?([a-z_]+)[`'"]? (?:parameter|field)\b/,
  /(?<! : )\bproperty '(?:body\.)?([a-z_]+)' is unsupported/,
  // OpenAI's older sentences, Azure, Gemini, xAI, LiteLLM, and gateways in their words
  /(?:\b(?:unsupported|unknown|unrecognized) (?:request )?(?:param|parameter|argument|field)s?(?: supplied)?: ?|argument not supported on this model: |does not support parameters?:? [[{]?)LIST(?![\w[]|\.\w)/,
  /Unknown name "([a-z_]+)": Cannot find field/,
  /\bparameters?:? LIST (?:is|are) (?:deprecated|unsupported|not (?:supported|allowed|available))/,
  /(?<![.\w])PREFERENCES(?:\.\w+[`'"]?)? (?:is|are) (?:deprecated|unsupported|not (?:supported|allowed|available))/,
  // OpenAI, with status 403
  /\bnot allowed to request ([a-z_]+) from this model/,
  // Bedrock
  /extraneous key \[([a-z_]+)\] is not permitted/,
  // Moonshot
  /\binvalid ([a-z_]+): only [\d.]+ is allowed for this model/,
].map(({ source }) => {
  const preferences = PREFERENCE_NAMES.join('|');
  return new RegExp(source.replace('LIST', listOf('[a-z_]+')).replace('PREFERENCES', listOf(preferences)), 'gi');
});

function listOf(name: string): string {
  return `((?:[\`'"]?(?:${name})[\`'"]?(?:,? and |, ))*[\`'"]?(?:${name})[\`'"]?)`;
}

/**
 * Sentences that state the largest value of a parameter. They capture its name, which may be absent for the limit of output tokens, and the
 * number.
 */
const LIMITS: readonly RegExp[] = [
  /\b(max_\w*tokens) is too large: \d+\. This model supports at most (\d+)/,
  /[`']([a-z_]+)[`'].*: (?:integer|decimal) above maximum value[.,] expected a value <= (\d+(?:\.\d+)?)/i,
  /\b(max_\w*tokens): \d+ > (\d+), which is the maximum/,
  // Pydantic, Groq
  /(?:(?<![.\w\]'])|'body', ')([a-z_]+)(?:: input should|'\), 'msg': 'input should|` must) be less than or equal to `?(\d+)/i,
  /()\bmaximum tokens you requested exceeds the model limit of (\d+)/,
  /range of (max_\w*tokens) (?:is|should be) \[\d+, (\d+)\]/i,
  /'([a-z_]+)' : number must be at most (\d+)/,
];

/** Values from another vendor's list, such as an effort that this vendor does not know. */
const LISTED = /\b(reasoning_effort|verbosity|service_tier)\b[^.\n]{0,60}?(?:must be one of|input should be)/i;

const TIER = /service_tier_unavailable|invalid service_tier|\b(?:flex|priority) is not (?:available|supported)/i;

/** Parameters that the error refuses in a sentence. */
export function saidParameters({ codes, param = '', message }: ErrorText): readonly RefusedParameter[] {
  for (const sentence of LIMITS) {
    const found = sentence.exec(message);
    // The sentence may contain the parameter's other name.
    const name = /^max_\w*tokens$/.test(param) ? param : found?.[1] || 'max_tokens';
    if (found !== null) return [{ name, max: Number(found[2]) }];
  }
  const listed = TIER.test([...codes, message].join('\n')) ? 'service_tier' : LISTED.exec(message)?.[1];
  if (listed !== undefined) return [{ name: listed, isValue: true }];
  const together = COMBINED.exec(message)?.[1];
  const said = SENTENCES.flatMap(sentence =>
    [...message.matchAll(sentence)].flatMap(([, list = '', combined = together]) =>
      (list.match(/\w+(?:\.\w+)?/g) ?? []).map(name => ({ name: snakeCase(name), combined })),
    ),
  );
  return usable(said);
}

function usable(parameters: readonly RefusedParameter[]): readonly RefusedParameter[] {
  const byName = new Map<string, RefusedParameter>();
  for (const parameter of parameters) {
    // `stream_options` has one common member: the one that the router adds.
    const name = parameter.name.replace(/^stream_options\..*/, 'stream_options');
    if (PARAMETER.test(name) || isPreference(name)) byName.set(name, { ...parameter, name });
  }
  return [...byName.values()];
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
}

/** The words for each capability in the sentences. */
const NAMES: readonly (readonly [Capability, string])[] = [
  ['images', 'image(?:s\\b|_url\\b| inputs?| content)|vision\\b|multi-?modal'],
  ['files', '(?:pdf|file|document)s?\\b(?! (?:types?|formats?|sizes?|extensions?))'],
  ['audio', '(?:input )?audio\\b'],
  ['tools', '(?<!parallel )(?:tools\\b|tool[- ](?:use|call)|function[- _]?call)'],
  ['schema', 'structured outputs?|json[ _-](?:schema|mode)|response[ _]format|output_format'],
  ['streaming', 'stream(?:ing)?\\b'],
  ['reasoning', '(?:adaptive |extended )?thinking\\b(?! (?:budget|level))|reasoning(?![ _](?:effort|format))\\b'],
];

const LACKS: readonly (readonly [Capability, RegExp])[] = NAMES.map(([capability, name]) => [
  capability,
  new RegExp(
    `(?:(?:does|do)(?: not|n't)|endpoints found that) (?:currently )?support (?:[\\w\`'"-]+ ){0,4}?[\`'"]?(?:${name})|` +
      `(?:${name})[^.\\n]{0,40}? (?:is|are) (?:not (?:supported|enabled|available)|unavailable)(?: now\\b| -|[^.\\n]{0,20}\\bmodels?\\b)`,
    'i',
  ),
]);

/** Sentences that state a missing capability in other words. */
const OTHER_LACKS: readonly (readonly [Capability, RegExp])[] = [
  ['images', /not a multimodal model|at most 0 image|unknown variant `image_url`|image_url is only supported by/i],
  ['audio', /input_audio is only supported by/i],
  ['tools', /enable-auto-tool-choice/],
  ['streaming', /must be verified to stream|unsupported for streaming/i],
  ['schema', /response_format type is unavailable|output_config\.format: extra/i],
];

/** A sentence about amounts: the model has the capability, and accepts fewer or smaller images, files or tools. */
const AMOUNT = /\b(?:more|larger|greater|longer) than\b|\bof this (?:size|format)\b|\bat most [1-9]/i;

/** The capability that the model lacks, if a sentence says so of the model. */
export function saidLack({ message }: ErrorText): Capability | undefined {
  if (AMOUNT.test(message)) return undefined;
  return [...OTHER_LACKS, ...LACKS].find(([, sentence]) => sentence.test(message))?.[0];
}

/** True where the error says that this model does not accept the request, without naming a capability. */
export function saysUnable({ codes, message }: ErrorText): boolean {
  return codes.some(code => FAILED.test(code)) || UNABLE.test(message);
}

/** The model refused a member of a parameter, or wrote output that its vendor cannot read. */
const FAILED = /^(?:unsupported_(?:parameter|value)|tool_use_failed|json_validate_failed|OperationNotSupported)$/;

const UNABLE =
  /(?<!\bapi )\bdo(?:es)?(?: not|n't) support\b|not (?:supported|available) (?:by|with|for|on|in) |at most \d+ (?:image|audio|video)|only supported in v1\/|not a chat model|allowed for this model|passed back to the api|reasoning_content is missing|start with a thinking block|no endpoints found|'response_format\.type' must be|\.content must be a string/i;
