/** Chat completions as one of the APIs that are translated. */
import { jsonText, parseJsonText } from '../neutral/json-text.ts';
import { withToolNames } from '../neutral/tool-names.ts';
import type { Translator } from '../neutral/translator.ts';
import { chatEventReader } from './event-reader.ts';
import { chatEventWriter } from './event-writer.ts';
import { findings, NAMES, SETTINGS } from './findings.ts';
import { readReply } from './read-reply.ts';
import { readRequest } from './read-request.ts';
import { writeReply } from './write-reply.ts';
import { writeRequest } from './write-request.ts';

export const chatTranslator: Translator = Object.freeze({
  api: 'openai-chat',
  names: NAMES,
  settings: SETTINGS,
  findings,
  readRequest: text => readRequest(parseJsonText(text)),
  writeRequest: (conversation, target) => jsonText(writeRequest(withToolNames(conversation, 'openai-chat'), target)),
  readReply: text => readReply(parseJsonText(text)),
  writeReply: (reply, asked) => jsonText(writeReply(reply, asked)),
  eventReader: chatEventReader,
  eventWriter: chatEventWriter,
} satisfies Translator);
