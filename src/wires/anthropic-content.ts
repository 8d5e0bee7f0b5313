/**
 * Reads the blocks of a reply of Anthropic's Messages API, plain or streamed: tools, signatures, models that handed over.
 */
import { field, hasList, stringField } from './json-fields.ts';

/** One model that declined to answer, so that another one took over. */
export interface Handover {
  readonly from: string | undefined;
  /** Why it declined: `cyber`, `bio`. */
  readonly category: string | undefined;
}

/** Information from the blocks so far. */
export interface AnthropicContent {
  add(block: unknown): void;
  /** Reads the signature of a block or of a stream's delta. */
  addSeal(part: unknown): void;
  readonly hasToolCalls: boolean;
  /** The reply has a block of a server's tool: its call, its result, a file. */
  readonly hasOtherOutput: boolean;
  /** The signature of thinking, or redacted thinking itself: only the model that wrote it can continue from it. */
  readonly seal: string | undefined;
  /** The model that took over last. */
  readonly model: string | undefined;
  readonly handovers: readonly Handover[];
  /** Web searches that had results: the others are free. */
  readonly webSearches: number;
  /** The provider ran code in a container. */
  readonly hasRunCode: boolean;
  /** Unknown blocks and vendor tools, which may have a price. */
  readonly unknown: readonly string[];
}

const NO_OTHER_OUTPUT: ReadonlySet<unknown> = new Set(['text', 'tool_use', 'thinking', 'redacted_thinking']);

/** Blocks whose price, if any, is in the usage: tokens, searches, calls of other models. */
const KNOWN_BLOCKS: ReadonlySet<string> = new Set([
  'server_tool_use',
  'web_search_tool_result',
  'web_fetch_tool_result',
  'advisor_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
  'tool_search_tool_result',
  'mcp_tool_use',
  'mcp_tool_result',
  'mcp_tool_listing',
  'container_upload',
  'compaction',
  'connector_text',
  'fallback',
]);

const RUNS_CODE: ReadonlySet<string> = new Set(['code_execution', 'bash_code_execution', 'text_editor_code_execution']);
const KNOWN_TOOLS: ReadonlySet<string> = new Set([
  ...RUNS_CODE,
  'advisor',
  'web_search',
  'web_fetch',
  'tool_search_tool_regex',
  'tool_search_tool_bm25',
]);

export function anthropicContent(): AnthropicContent {
  const handovers: Handover[] = [];
  const unknown: string[] = [];
  const note = (type: string): void => {
    if (!unknown.includes(type)) unknown.push(type);
  };
  const content = {
    hasToolCalls: false,
    hasOtherOutput: false,
    seal: undefined as string | undefined,
    model: undefined as string | undefined,
    handovers,
    webSearches: 0,
    hasRunCode: false,
    unknown,
    addSeal(part: unknown) {
      content.seal = sealOf(part) || content.seal;
    },
    add(block: unknown) {
      content.addSeal(block);
      const type = stringField(block, 'type') ?? '';
      if (type === 'tool_use') content.hasToolCalls = true;
      if (NO_OTHER_OUTPUT.has(type)) return;
      content.hasOtherOutput = true;
      if (type === 'server_tool_use') {
        const name = stringField(block, 'name') ?? '';
        if (RUNS_CODE.has(name)) content.hasRunCode = true;
        if (!KNOWN_TOOLS.has(name)) note(name || type);
      } else if (type === 'web_search_tool_result' && hasList(block, 'content')) {
        content.webSearches += 1;
      } else if (type === 'fallback') {
        content.model = stringField(field(block, 'to'), 'model') ?? content.model;
        const category = stringField(field(block, 'trigger'), 'category');
        handovers.push({ from: stringField(field(block, 'from'), 'model'), category });
      } else if (type !== '' && !KNOWN_BLOCKS.has(type)) {
        note(type);
      }
    },
  };
  return content;
}

function sealOf(block: unknown): string | undefined {
  return (
    stringField(block, 'signature') ??
    (field(block, 'type') === 'redacted_thinking' ? stringField(block, 'data') : undefined)
  );
}
