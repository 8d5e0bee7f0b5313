/** The requests of an agent's loop, in the format of each API. */

/** A tool call with its result. */
export interface LoopStep {
  readonly name: string;
  readonly input: object;
  /** Of a call that failed. */
  readonly error?: string;
}

interface AgentApi {
  readonly name: string;
  /** The conversation after these calls. */
  messagesOf(steps: readonly LoopStep[]): readonly object[];
  bodyOf(steps: readonly LoopStep[]): string;
}

const ASKED = { role: 'user', content: 'Tidy up the repository.' } as const;
const result = ({ error }: LoopStep): string => error ?? 'done';

function api(name: string, member: 'messages' | 'input', itemsOf: (step: LoopStep, id: string) => object[]): AgentApi {
  const messagesOf = (steps: readonly LoopStep[]) => [ASKED, ...steps.flatMap((step, i) => itemsOf(step, `call_${i}`))];
  return { name, messagesOf, bodyOf: steps => JSON.stringify({ model: 'm', [member]: messagesOf(steps) }) };
}

export const CHAT_LOOP = api('chat completions', 'messages', (step, id) => [
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id, type: 'function', function: { name: step.name, arguments: JSON.stringify(step.input) } }],
  },
  { role: 'tool', tool_call_id: id, content: result(step) },
]);

export const RESPONSES_LOOP = api('responses', 'input', (step, id) => [
  { type: 'function_call', call_id: id, name: step.name, arguments: JSON.stringify(step.input, undefined, 1) },
  { type: 'function_call_output', call_id: id, output: result(step) },
]);

export const MESSAGES_LOOP = api('messages', 'messages', (step, id) => [
  { role: 'assistant', content: [{ type: 'tool_use', id, name: step.name, input: step.input }] },
  {
    role: 'user',
    content: [
      // The text alone does not say that it failed.
      {
        type: 'tool_result',
        tool_use_id: id,
        content: 'no such file',
        ...(step.error !== undefined && { is_error: true }),
      },
    ],
  },
]);

export const AGENT_APIS = [CHAT_LOOP, RESPONSES_LOOP, MESSAGES_LOOP];
