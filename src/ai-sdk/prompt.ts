/** A prompt of the AI SDK as input of the Responses API. */
import { isPlainObject } from '../wires/json-fields.ts';
import { fileContent, resultContent } from './files.ts';
import { METADATA } from './metadata.ts';
import type { Message, PartOf, ResultOutput } from './specification.ts';

type ToolResult = Extract<PartOf<'tool'>, { readonly type: 'tool-result' }>;

/**
 * @param unsupported called with the kind of each part that no API accepts back, which is left out
 * @throws RouterError `invalid-value` for a part of a user's message, or of a tool's result, that this API cannot express
 */
export function inputItems(prompt: readonly Message[], unsupported: (kind: string) => void): readonly object[] {
  return prompt.flatMap((message, at) => {
    const path = `prompt[${at}].content`;
    switch (message.role) {
      case 'system':
        return [{ role: 'system', content: message.content }];
      case 'user':
        return [
          { role: 'user', content: message.content.map((part, index) => userContent(part, `${path}[${index}]`)) },
        ];
      case 'assistant':
        return message.content.flatMap(part => assistantItem(part, unsupported));
      case 'tool':
        return message.content.flatMap((part, index) =>
          // The AI SDK has acted on an approval: a tool result states the consequence.
          part.type === 'tool-result' ? [toolResult(part, `${path}[${index}].output`)] : [],
        );
    }
  });
}

function userContent(part: PartOf<'user'>, path: string): object {
  return part.type === 'text' ? { type: 'input_text', text: part.text } : fileContent(part, path);
}

function assistantItem(part: PartOf<'assistant'>, unsupported: (kind: string) => void): readonly object[] {
  switch (part.type) {
    case 'text':
      return [{ type: 'message', role: 'assistant', content: [assistantText(part)] }];
    case 'tool-call':
      return [
        {
          type: 'function_call',
          call_id: part.toolCallId,
          name: part.toolName,
          arguments: JSON.stringify(part.input ?? {}),
        },
      ];
    case 'reasoning': {
      // The reasoning item as the model wrote it. Another model's item cannot be sent to this API; reasoning that is not
      // encrypted would be looked up by its id.
      const item = part.providerOptions?.[METADATA]?.['item'];
      if (isPlainObject(item)) return [item];
      unsupported('reasoning that no model can read again');
      return [];
    }
    case 'custom':
    case 'file':
    case 'reasoning-file':
    case 'tool-result':
      unsupported(`${part.type} in a message of the assistant`);
      return [];
  }
}

function assistantText({ text, providerOptions }: Extract<PartOf<'assistant'>, { readonly type: 'text' }>): object {
  const isRefusal = providerOptions?.[METADATA]?.['refusal'] === true;
  return isRefusal ? { type: 'refusal', refusal: text } : { type: 'output_text', text, annotations: [] };
}

function toolResult({ toolCallId, output }: ToolResult, path: string): object {
  const hasFailed = output.type === 'error-text' || output.type === 'error-json';
  return {
    type: 'function_call_output',
    call_id: toolCallId,
    output: resultOutput(output, path),
    ...(hasFailed && { status: 'incomplete' }),
  };
}

function resultOutput(output: ResultOutput, path: string): string | readonly object[] {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return output.value;
    case 'execution-denied':
      return output.reason ?? 'Tool execution denied.';
    case 'content':
      return output.value.map((part, index) => resultContent(part, `${path}.value[${index}]`));
    case 'json':
    case 'error-json':
      return JSON.stringify(output.value);
  }
}
