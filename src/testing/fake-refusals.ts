/** The errors of a request: because of a fault, or because its model does not accept such a request. */
import { anthropicError } from './fake-anthropic-errors.ts';
import type { FakeApi, FakeApiName } from './fake-api.ts';
import type {
  ErrorBody,
  ErrorContext,
  ErrorKind,
  ErrorWords,
  FakeCapability,
  FakeVendor,
  ProviderError,
} from './fake-errors.ts';
import { azureWords, newApiWords, openrouterWords } from './fake-gateway-errors.ts';
import type { FakeModel } from './fake-model.ts';
import { listOf, objectOf, positiveNumber } from './fake-request.ts';
import type { Json } from './fake-request.ts';
import { deepseekWords, groqWords, mistralWords, togetherWords, vllmWords, xaiWords } from './fake-vendor-errors.ts';
import type { FakeError, FakeFault } from './faults.ts';

/** The part of a request that decides whether it is refused. */
export interface RefusableRequest {
  readonly api: FakeApiName | undefined;
  readonly body: Json;
  /** The serialized body. */
  readonly text: string;
}

const ERRORS: Readonly<Record<FakeError['kind'], true>> = {
  status: true,
  'invalid-key': true,
  'no-credit': true,
  'no-permission': true,
  'unknown-model': true,
  'retired-model': true,
  'request-too-large': true,
  'content-filter': true,
  'context-too-long': true,
  'output-too-long': true,
  'unsupported-parameter': true,
  'unsupported-value': true,
  'unsupported-capability': true,
};

export function isError(fault: FakeFault | undefined): fault is FakeError & FakeFault {
  return fault !== undefined && Object.hasOwn(ERRORS, fault.kind);
}

/** The error by which this request fails; `undefined` for a fault about something that the request does not have. */
export function errorOfFault(fault: FakeError, { body, text }: RefusableRequest): ErrorKind | undefined {
  switch (fault.kind) {
    case 'context-too-long': {
      const tokens = tokensOf(text);
      return { kind: fault.kind, tokens, limit: fault.limit ?? tokens >> 1 };
    }
    case 'output-too-long':
      return outputTooLong(body, fault.limit);
    case 'unsupported-parameter':
    case 'unsupported-value': {
      const { kind, parameter } = fault;
      return parameter in body ? { kind, parameter, value: body[parameter] } : undefined;
    }
    case 'unsupported-capability':
      return neededBy(body).has(fault.capability) ? fault : undefined;
    case 'status':
    case 'invalid-key':
    case 'no-credit':
    case 'no-permission':
    case 'unknown-model':
    case 'retired-model':
    case 'request-too-large':
    case 'content-filter':
      return fault;
  }
}

/** The error with which the model always refuses this request. */
export function refusalOfModel(model: FakeModel, { body, text }: RefusableRequest): ErrorKind | undefined {
  const parameter = model.unsupported?.find(name => name in body);
  if (parameter !== undefined) return { kind: 'unsupported-parameter', parameter, value: body[parameter] };
  for (const [name, supported] of Object.entries(model.supportedValues ?? {})) {
    const value = body[name];
    if (value === undefined || supported.includes(value)) continue;
    return { kind: 'unsupported-value', parameter: name, value, supported };
  }
  const needed = neededBy(body);
  const capability = model.lacks?.find(name => needed.has(name));
  if (capability !== undefined) return { kind: 'unsupported-capability', capability };
  const tokens = tokensOf(text);
  const limit = model.contextTokens ?? Number.POSITIVE_INFINITY;
  if (tokens > limit) return { kind: 'context-too-long', tokens, limit };
  return model.maxOutputTokens === undefined ? undefined : outputTooLong(body, model.maxOutputTokens);
}

const VENDORS: Readonly<Partial<Record<FakeVendor, ErrorWords>>> = {
  azure: azureWords,
  deepseek: deepseekWords,
  groq: groqWords,
  mistral: mistralWords,
  'new-api': newApiWords,
  openrouter: openrouterWords,
  together: togetherWords,
  vllm: vllmWords,
  xai: xaiWords,
};

/** The error in the vendor's wording, otherwise in that of the API's own vendor. */
export function errorBy(
  vendor: FakeVendor | undefined,
  api: FakeApi,
  error: ErrorKind,
  context: ErrorContext,
): ProviderError {
  const words = vendor === undefined ? undefined : inWordsOf(VENDORS[vendor], error, context);
  if (words !== undefined) return { status: words[0], body: words[1] };
  return vendor === 'anthropic' ? anthropicError(error, context) : api.error(error, context);
}

/** The error in a vendor's wording, if the vendor has one for it. */
export function inWordsOf(
  words: ErrorWords | undefined,
  error: ErrorKind,
  context: ErrorContext,
): readonly [status: number, body: ErrorBody] | undefined {
  // The function under an error's kind takes an error of this kind.
  const own = words?.[error.kind] as
    | ((of: ErrorKind, context: ErrorContext) => readonly [number, ErrorBody] | undefined)
    | undefined;
  return own?.(error, context);
}

/** The capabilities that the request needs of a model. */
function neededBy(body: Json): ReadonlySet<FakeCapability> {
  const messages = [...listOf(body.messages), ...listOf(body.input)];
  const parts = new Set(messages.flatMap(({ content }) => listOf(content).map(({ type }) => type)));
  const has = (...types: readonly string[]): boolean => types.some(type => parts.has(type));
  const format = objectOf(
    body.response_format ?? objectOf(body.text).format ?? body.output_format ?? objectOf(body.output_config).format,
  );
  const isGiven = (...names: readonly string[]): boolean => names.some(name => (body[name] ?? null) !== null);
  const needs: Readonly<Record<FakeCapability, boolean>> = {
    tools: listOf(body.tools).length > 0,
    schema: format.type === 'json_schema',
    images: has('image_url', 'input_image', 'image'),
    audio: has('input_audio') || isGiven('audio'),
    files: has('file', 'input_file', 'document'),
    stop: isGiven('stop', 'stop_sequences'),
    stream: body.stream === true,
    'several-choices': Number(body.n ?? 1) > 1,
    reasoning:
      isGiven('reasoning_effort', 'reasoning') ||
      ['enabled', 'adaptive'].includes(String(objectOf(body.thinking).type)),
  };
  return new Set((Object.keys(needs) as FakeCapability[]).filter(name => needs[name]));
}

/** Tokens of a text, counted by the same rule as a model's default input. */
function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}

function outputTooLong(body: Json, limit: number): ErrorKind | undefined {
  for (const parameter of ['max_completion_tokens', 'max_output_tokens', 'max_tokens']) {
    const tokens = positiveNumber(body[parameter]);
    if (tokens !== undefined && tokens > limit) return { kind: 'output-too-long', parameter, tokens, limit };
  }
  return undefined;
}
