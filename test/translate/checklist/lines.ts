/** What users of other gateways lost: each line has its test cases for all six pairs of APIs. */
export const LINES = [
  'text then tool call ends as a tool call',
  'parallel tool calls with own indexes, start and stop even without arguments',
  'usage after the finish reason',
  'cached tokens both ways, never 0, never double',
  'cache_control kept, breakpoints placed where the target has them',
  'signed thinking and encrypted reasoning byte for byte to their own model and never to another',
  'effort and thinking budget',
  'structured output native on the target, unsupported schema keywords checked',
  'tool schemas and tool_choice both ways',
  'tool results as lists with images, documents and errors, all results in one turn, before text',
  'stop sequences reported',
  'token limits under each vendor’s name',
  'count_tokens answered',
  'system and developer prompts in order',
  'refusals and content filters',
  'ids normalised',
  'errors in the shape of the client’s vendor with the original inside',
] as const;

export type Line = (typeof LINES)[number];

/** Lines that need a server or a whole call: where their tests are, each in all directions. */
export const ELSEWHERE: Partial<Record<Line, readonly string[]>> = {
  'signed thinking and encrypted reasoning byte for byte to their own model and never to another': [
    'test/translate/checklist/reasoning.test.ts',
    'test/clients/kept-reasoning.test.ts',
  ],
  'count_tokens answered': ['test/translate/token-count.test.ts', 'test/clients/translated-count.test.ts'],
  'errors in the shape of the client’s vendor with the original inside': ['test/translate/errors.test.ts'],
};
