/** The model of a charge, in the properties of `SkuPriceDetails` that the draft of FOCUS 1.5 has for it. */

/** Properties of the draft. An unknown property is left out. */
export interface ModelIdentity {
  /** The model's name in billing. */
  readonly ModelId: string;
  readonly ModelDeveloper?: string;
  /** Only for a dated snapshot: a name without a date may mean another version next month. */
  readonly ModelVersion?: string;
}

/** Names that only one developer uses, also after the name of a cloud or a gateway: `us.anthropic.claude-…`, `meta/llama-…`. */
const DEVELOPERS: readonly (readonly [RegExp, string])[] = [
  [/^(?:gpt-|chatgpt-|o[134](?:-|$)|codex-)/, 'OpenAI'],
  [/^claude-/, 'Anthropic'],
  [/^gemini-/, 'Google'],
  [/^llama/, 'Meta'],
  [/^(?:mistral|mixtral|codestral|ministral|magistral|devstral)/, 'Mistral AI'],
  [/^deepseek-/, 'DeepSeek'],
  [/^grok-/, 'xAI'],
];

const DATE = /-(\d{4}-\d\d-\d\d|20\d{6})(?:-v\d+(?::\d+)?)?$/;

/** @param providerModel the provider's name of the model */
export function modelIdentity(providerModel: string): ModelIdentity {
  const own = providerModel.slice(providerModel.lastIndexOf('/') + 1).replace(/^(?:[a-z-]+\.)+(?=[a-z])/, '');
  // The owner of a fine-tuned model counts as its developer.
  const developer = providerModel.startsWith('ft:') ? undefined : DEVELOPERS.find(([name]) => name.test(own))?.[1];
  const version = DATE.exec(providerModel)?.[1];
  return {
    ModelId: providerModel,
    ...(developer === undefined ? {} : { ModelDeveloper: developer }),
    ...(version === undefined ? {} : { ModelVersion: version }),
  };
}
