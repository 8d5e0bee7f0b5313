/** Reads the bill of a response: its usage, and what its hosted tools are billed for. */
import type { BilledCall } from '../core/ledger/usage.ts';
import { sumOfUsage, withoutZeros } from './canonical-usage.ts';
import { citesWeb, field, listField, stringField } from './json-fields.ts';
import { TOOL_USAGE } from './openai-usage-fields.ts';
import { readUsage, tierOf, tierOfUsage } from './openai-usage.ts';
import type { Counts, ReplyBill } from './reply-bill.ts';
import { addUnpriced, hasNumber, readCounts, unlessEmpty } from './reply-bill.ts';
import { statedCost } from './stated-cost.ts';

/** Items without a price beyond their tokens, which are in the usage, and items of tools that the application runs. */
const FREE_ITEMS: ReadonlySet<string> = new Set([
  'message',
  'reasoning',
  'compaction',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'computer_call',
  'computer_call_output',
  'local_shell_call',
  'local_shell_call_output',
  'shell_call_output',
  'apply_patch_call',
  'apply_patch_call_output',
  'mcp_call',
  'mcp_list_tools',
  'mcp_approval_request',
  'mcp_approval_response',
  'tool_search_call',
  'tool_search_output',
  'additional_tools',
  'program',
  'program_output',
  'agent_message',
  'multi_agent_call',
  'multi_agent_call_output',
]);

/**
 * Counts that `tool_usage` reports are taken from it; the others are counted from the items. Of a web search only the search is
 * billed, not the pages that it opens. A container is counted once per response: it is not known whether an earlier response has
 * paid for it.
 */
export function responsesBill(response: unknown, output: readonly unknown[]): ReplyBill {
  const reported = field(response, 'usage');
  const { usage, partialUsage, unpriced, hasSearches, speed, region } = readUsage(reported);
  const items = readItems(output, unpriced);
  const tools = toolUsage(field(response, 'tool_usage'), unpriced);
  const { imageGenInput = 0, imageGenOutput = 0, imageGenInputImage: images = 0 } = tools;
  const imageGenInputImage = Math.min(images, imageGenInput);
  if (images > imageGenInput) addUnpriced(unpriced, 'tool_usage.image_gen.image_tokens beyond the input');
  if (items.hasImage && imageGenInput + imageGenOutput === 0) addUnpriced(unpriced, 'output.image_generation_call');
  // Without separate counts, images are counted in the output like text, although their price differs.
  if (items.media.has('output_image') && !usage?.outputImage) addUnpriced(unpriced, 'output.message.output_image');
  if (items.media.has('output_audio') && !usage?.outputAudio) addUnpriced(unpriced, 'output.message.output_audio');
  // Gateways may omit the search calls, but not the citations in the text.
  const searches = items.webSearch ?? (items.hasCited ? 1 : 0);
  const webSearch = tools.webSearch ?? (hasSearches ? (usage?.webSearch ?? 0) : searches);
  const isPreview = searchesByPreview(response);
  const own = withoutZeros({
    ...usage,
    webSearch: isPreview ? 0 : webSearch,
    webSearchPreview: isPreview ? webSearch : 0,
    fileSearch: tools.fileSearch ?? usage?.fileSearch ?? items.fileSearch,
    codeSession: items.codeSession,
    imageGenInput: imageGenInput - imageGenInputImage,
    imageGenInputImage,
    imageGenOutput,
  });
  const calls = items.calls.length === 0 ? undefined : [{ usage: own }, ...items.calls];
  // Without a usage, tokens are estimated, in addition to the tools that the items show.
  if (usage === undefined && calls !== undefined) addUnpriced(unpriced, 'output.image_generation_call');
  const { input: _, output: _o, ...used } = own;
  const total = calls === undefined ? own : sumOfUsage(calls.map(call => call.usage));
  return {
    usage: usage === undefined ? undefined : total,
    calls: usage === undefined ? undefined : calls,
    ...(usage === undefined && { partialUsage: unlessEmpty({ ...partialUsage, ...used }) }),
    unpriced: unpriced.length > 0 ? unpriced : undefined,
    statedCost: statedCost(reported),
    tier: tierOf(field(response, 'service_tier')) ?? tierOfUsage(reported),
    speed,
    region,
  };
}

interface Items {
  /** Undefined when no item is a call of the search tool. */
  readonly webSearch: number | undefined;
  readonly hasCited: boolean;
  readonly fileSearch: number;
  readonly codeSession: number;
  /** Calls of other models, billed in addition to the response's own. */
  readonly calls: readonly BilledCall[];
  /** An image without a usage of its own. */
  readonly hasImage: boolean;
  /** Types of the messages' parts. */
  readonly media: ReadonlySet<string | undefined>;
}

function readItems(output: readonly unknown[], unpriced: string[]): Items {
  const calls: BilledCall[] = [];
  const containers = new Set<unknown>();
  let webSearch: number | undefined;
  let hasCited = false;
  let fileSearch = 0;
  let hasImage = false;
  const media = new Set<string | undefined>();
  for (const item of output) {
    const type = stringField(item, 'type');
    if (type === 'message') {
      const parts = listField(item, 'content');
      hasCited ||= parts.some(citesWeb);
      for (const part of parts) media.add(stringField(part, 'type'));
    }
    // Perplexity's search results, which its usage counts.
    else if (type === 'search_results') hasCited = true;
    else if (SEARCHES.has(type)) webSearch = (webSearch ?? 0) + (isSearch(item) ? 1 : 0);
    else if (type === 'file_search_call') fileSearch += 1;
    else if (type === 'code_interpreter_call') containers.add(containerId(item));
    else if (type === 'shell_call') {
      // Code without a container runs at the application.
      if (containerId(item) !== undefined) containers.add(containerId(item));
    } else if (type === 'image_generation_call') {
      const svg = field(item, 'svg_usage');
      const { usage, unpriced: names } = readUsage(svg);
      for (const name of names) addUnpriced(unpriced, `output.image_generation_call.svg_${name}`);
      if (usage === undefined) hasImage = true;
      else calls.push({ model: stringField(svg, 'model'), usage });
    } else if (type !== undefined && !FREE_ITEMS.has(type)) addUnpriced(unpriced, `output.${type}`);
  }
  return { webSearch, hasCited, fileSearch, codeSession: containers.size, calls, hasImage, media };
}

/** The response had the older search tool, and not the present one. */
function searchesByPreview(response: unknown): boolean {
  const types = listField(response, 'tools').map(tool => stringField(tool, 'type') ?? '');
  const searching = types.filter(type => type.startsWith('web_search'));
  return searching.length > 0 && searching.every(type => type.startsWith('web_search_preview'));
}

function toolUsage(usage: unknown, unpriced: string[]): Counts {
  const counts: Counts = {};
  for (const [name, entry] of Object.entries(usage instanceof Object ? usage : {})) {
    const fields = TOOL_USAGE.get(name);
    if (fields !== undefined && entry instanceof Object)
      Object.assign(counts, readCounts(entry, { fields, path: `tool_usage.${name}`, unpriced }));
    else if (hasNumber(entry)) addUnpriced(unpriced, `tool_usage.${name}`);
  }
  return counts;
}

/** The container in which the provider ran code. */
export function containerId(item: unknown): string | undefined {
  return stringField(item, 'container_id') ?? stringField(field(item, 'environment'), 'container_id');
}

const SEARCHES: ReadonlySet<string | undefined> = new Set(['web_search_call', 'openrouter:web_search']);

/** Older replies do not state the action of a search call. */
function isSearch(item: unknown): boolean {
  return (field(field(item, 'action'), 'type') ?? 'search') === 'search';
}
