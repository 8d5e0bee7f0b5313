/** The three APIs by name, and what a request requires of a candidate that speaks another API than the client. */
import { anthropicTranslator } from './anthropic/translator.ts';
import { chatTranslator } from './chat/translator.ts';
import type { Api, Conversation } from './neutral/conversation.ts';
import { findingsFor } from './neutral/findings.ts';
import type { Finding, TargetModel, Translator } from './neutral/translator.ts';
import { responsesTranslator } from './responses/translator.ts';

const TRANSLATORS: Readonly<Record<Api, Translator>> = {
  'openai-chat': chatTranslator,
  'openai-responses': responsesTranslator,
  'anthropic-messages': anthropicTranslator,
};

/** The translator of an API. */
export function translatorOf(api: Api): Translator {
  return TRANSLATORS[api];
}

/** A candidate that might serve a request. */
export interface TargetCandidate {
  readonly api: Api;
  readonly model: TargetModel;
}

/** What prevents the target from serving the request; the target is eligible if the list is empty. */
export function unableFor(conversation: Conversation, target: TargetCandidate): readonly Finding[] {
  return allFindings(conversation, target).filter(({ mark }) => mark !== 'preference');
}

/** The preferences that are dropped if the target serves the request. */
export function droppedFor(conversation: Conversation, target: TargetCandidate): readonly Finding[] {
  return allFindings(conversation, target).filter(({ mark }) => mark === 'preference');
}

function allFindings(conversation: Conversation, { api, model }: TargetCandidate): readonly Finding[] {
  return findingsFor(conversation, { source: translatorOf(conversation.api), target: translatorOf(api), model });
}
