/** Types of the AI SDK's specification of a model, in two versions: V4 of AI SDK 7 and V3 of AI SDK 6. */
import type { LanguageModel } from 'ai';

export type ModelV4 = Extract<LanguageModel, { readonly specificationVersion: 'v4' }>;
export type ModelV3 = Extract<LanguageModel, { readonly specificationVersion: 'v3' }>;

type CallV4 = Parameters<ModelV4['doGenerate']>[0];
type CallV3 = Parameters<ModelV3['doGenerate']>[0];

/** A call in either version of the specification. Version 7 of the AI SDK passes the effort to V3 models too. */
export type SdkCall = (CallV4 | CallV3) & Pick<CallV4, 'reasoning'>;

export type Message = CallV4['prompt'][number] | CallV3['prompt'][number];
export type PartOf<Role extends Message['role']> = Exclude<
  Extract<Message, { readonly role: Role }>['content'],
  string
>[number];
export type ResultOutput = Extract<PartOf<'tool'>, { readonly type: 'tool-result' }>['output'];

/** The result of a call. Both versions of the specification have the fields of V3 that are used here. */
type Generated = Awaited<ReturnType<ModelV3['doGenerate']>>;
export type Content = Generated['content'][number];
export type ToolCall = Extract<Content, { readonly type: 'tool-call' }>;
export type FinishReason = Generated['finishReason'];
export type ModelUsage = Generated['usage'];
export type CallWarning = Generated['warnings'][number];
export type JsonFields = NonNullable<Generated['providerMetadata']>[string];
type Streamed = Awaited<ReturnType<ModelV3['doStream']>>['stream'];
export type StreamPart = Streamed extends ReadableStream<infer Part> ? Part : never;
