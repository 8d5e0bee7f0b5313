/** What OpenAI's APIs cannot serve or have no field for, and what they drop: the same for both APIs. */
import type { ContentPart, Conversation, ConversationTurn } from '../neutral/conversation.ts';
import { demandedSchema } from '../neutral/demanded-schema.ts';
import type { JsonValue } from '../neutral/json-text.ts';
import type { TargetFinding, TargetModel } from '../neutral/translator.ts';
import { breakpointsOf } from './cache-breakpoints.ts';
import { askedEffort, sentEffort } from './effort.ts';
import { MAX_USER_CHARS } from './shared-fields.ts';
import { foldedSchema } from './folded-schema.ts';
import { losesStrict } from './tools.ts';

/** What one API finds in a part, at whatever depth. */
type PartFinding = (part: ContentPart) => Omit<TargetFinding, 'at'> | undefined;

/** Parts that only the user sends, and parts that only a model writes. */
const SENT: ReadonlySet<string> = new Set(['image', 'document', 'audio', 'tool-result']);
const WRITTEN: ReadonlySet<string> = new Set(['tool-call', 'refusal']);

export function sharedFindings(
  conversation: Conversation,
  target: TargetModel,
  ofApi: PartFinding,
): readonly TargetFinding[] {
  const { api, settings, system, turns, tools, reasoning } = conversation;
  const found: TargetFinding[] = [];
  const prefer = (at: TargetFinding['at'], reason: string): unknown => found.push({ at, mark: 'preference', reason });
  if ((settings.user?.length ?? 0) > MAX_USER_CHARS)
    prefer('user', `a name of the end user has ${MAX_USER_CHARS} characters at most`);
  if (target.takesSampling === false)
    for (const name of ['temperature', 'topP'] as const)
      if (settings[name] !== undefined) prefer(name, 'the model does not let its sampling be changed');
  const asked = askedEffort(reasoning);
  if (asked !== undefined && asked !== 'none' && sentEffort(reasoning, target) !== asked)
    prefer('effort', `the model does not take the effort ${asked}`);
  if (marks(conversation) > breakpointsOf(conversation, target).size)
    prefer('cacheAuto', 'fewer cache breakpoints change the cost only');
  if (api === 'anthropic-messages') found.push(...anthropicOnly(conversation));
  for (const tool of tools)
    if (tool.form !== 'opaque' && losesStrict(conversation, tool))
      prefer('tools', 'the schema is outside of what strict mode takes');
  for (const part of system) addPart(found, part, { kind: 'system', ofApi });
  for (const turn of turns) {
    for (const part of turn.parts) addPart(found, part, { kind: turn, ofApi });
    if (turn.parts.some(({ kind }) => (turn.role === 'assistant' ? SENT : WRITTEN).has(kind)))
      found.push({ at: { path: turn.path }, mark: 'unable', reason: 'a message of this role has no such part' });
  }
  return found;
}

/** Features that only Anthropic's API has. */
function anthropicOnly(conversation: Conversation): readonly TargetFinding[] {
  const { settings, reasoning, turns, output } = conversation;
  const found: TargetFinding[] = [];
  const last = turns.at(-1);
  if (output?.kind === 'schema') found.push(...schemaFindings(conversation, output.schema));
  if (last?.role === 'assistant')
    found.push({
      at: { path: last.path },
      mark: 'unable',
      reason: 'the model would answer this message instead of continuing it',
    });
  if (settings.maxTokens === 0)
    found.push({ at: 'maxTokens', mark: 'unable', reason: 'a cache cannot be filled without a reply' });
  if (reasoning?.thinking === 'between-tools')
    found.push({ at: 'thinking', mark: 'preference', reason: 'the model decides when it reasons' });
  return found;
}

/** The parts of a schema that strict mode does not enforce. */
function schemaFindings(conversation: Conversation, schema: JsonValue): readonly TargetFinding[] {
  const then = demandedSchema(conversation) === undefined ? 'a reply may break it' : 'the reply is checked here';
  const taken = foldedSchema(schema);
  if (taken === undefined) {
    const reason = `the schema is outside of what strict mode takes: ${then}`;
    return [{ at: 'output', mark: 'preference', reason }];
  }
  const reason = `strict mode does not know it: the model reads it in a description, and ${then}`;
  return taken.unenforced.map(name => ({
    at: { path: `output_config.format.schema.${name}` },
    mark: 'preference',
    reason,
  }));
}

interface FindingPlace {
  readonly kind: 'system' | ConversationTurn;
  readonly ofApi: PartFinding;
}

function addPart(found: TargetFinding[], part: ContentPart, place: FindingPlace): void {
  const finding = partFinding(part) ?? place.ofApi(part);
  if (finding !== undefined)
    found.push({ at: place.kind === 'system' ? 'system' : { path: place.kind.path }, ...finding });
  if (part.kind === 'tool-result') for (const inner of part.content) addPart(found, inner, place);
  if (part.kind === 'document' && part.from.kind === 'parts')
    for (const inner of part.from.parts) addPart(found, inner, place);
}

function partFinding(part: ContentPart): Omit<TargetFinding, 'at'> | undefined {
  if (part.kind === 'document' && part.cite === true)
    return { mark: 'unable', reason: 'citations of a document are not given' };
  if ((part.kind === 'image' || part.kind === 'document') && part.from.kind === 'file')
    return { mark: 'unable', reason: 'the file is kept by another vendor, or for another API' };
  return undefined;
}

/** Parts and tools with a breakpoint of their own. */
function marks({ system, turns, tools }: Conversation): number {
  const of = (parts: readonly ContentPart[]): number =>
    parts.reduce(
      (sum, part) => sum + (part.cache === undefined ? 0 : 1) + (part.kind === 'tool-result' ? of(part.content) : 0),
      0,
    );
  const ofTools = tools.filter(tool => tool.form !== 'opaque' && tool.cache !== undefined).length;
  return turns.reduce((sum, { parts }) => sum + of(parts), of(system) + ofTools);
}
