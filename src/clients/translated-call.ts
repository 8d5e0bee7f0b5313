/**
 * A call of a feature with candidates of other APIs than the client speaks: which of them can serve it, and how it is sent to
 * them. Loaded with the first such call.
 */
import type { ResolvedModel } from '../config/resolved.ts';
import type { RequestFacts, Wire } from '../contracts/wire.ts';
import type { Exchange, Exchanged } from '../engine/attempts/exchange.ts';
import type { Engine } from '../engine/engine.ts';
import type { RoutedRequest } from '../engine/request/routed-request.ts';
import type { RequestRequirements, Translation } from '../engine/state/capable-models.ts';
import { speaks } from '../engine/state/capable-models.ts';
import { RouterError } from '../errors.ts';
import type { Api, Conversation } from '../translate/neutral/conversation.ts';
import type { Finding } from '../translate/neutral/translator.ts';
import { withCallerNames } from '../translate/neutral/tool-names.ts';
import { demandedSchema } from '../translate/neutral/demanded-schema.ts';
import { droppedFor, translatorOf, unableFor } from '../translate/translate.ts';
import { httpExchange } from './http-exchange.ts';
import type { Dropped, HttpRequest } from './http-request.ts';
import { reachOf } from '../engine/state/reach.ts';
import { keepItems, withKeptItems } from './kept-items.ts';
import { keptReasoning } from './kept-reasoning.ts';
import { clientFindings, leftOutOfReply, tellLeftOut, tellStored } from './left-out.ts';
import { reasoningBinding } from './reasoning-owner.ts';
import { mayHoldForeignReasoning } from './route-call.ts';
import { endpointOf, targetModel } from './target-model.ts';
import type { ModelTransforms } from './transforms.ts';
import { translatedReply, withAnswers } from './translated-reply.ts';
import { requestTo } from './translated-request.ts';
import { readRequest, unreadRequest } from './unread-request.ts';

const checkedOutput = async () => import('./checked-output.ts').catch(() => undefined);

interface CallPlace {
  readonly engine: Pick<Engine, 'feature' | 'faulted' | 'observers'>;
  readonly feature: string;
  readonly wires: readonly Wire[];
  readonly transforms: ModelTransforms;
}

interface ClientRequest {
  /** The wire of the client's API. */
  readonly wire: Wire;
  readonly facts: RequestFacts;
  readonly body: string;
}

export interface TranslatedCall {
  readonly translation: Translation;
  /** Set where only a candidate of another API can continue the reasoning that the client sends back. */
  readonly boundTo: RoutedRequest['boundTo'];
  /** Finds the models that are known to be unable to take the request in the form in which each would get it. */
  readonly unable: RequestRequirements['unable'];
  readonly translated: { readonly ineligible: Readonly<Record<string, readonly Finding[]>>; readonly dropped: Dropped };
  exchange(request: HttpRequest): Exchange<Response>;
}

/** The API by which a candidate would be called. */
interface CallTarget {
  readonly api: Api;
  readonly hindrances: readonly Finding[];
}

/** The complete call, including how candidates of other APIs are called. */
export function withTranslation<Call extends ClientRequest>(
  place: CallPlace,
  call: Call,
): Call & { readonly translation: TranslatedCall } {
  const asked = withKeptItems(place.engine, call);
  return { ...asked, translation: translatedCall(place, asked) };
}

function translatedCall({ engine, feature, wires, transforms }: CallPlace, request: ClientRequest): TranslatedCall {
  const { wire, facts, body } = request;
  const source = wire.name as Api;
  const client: RequestRequirements = { provider: wire.provider, api: source, capabilities: () => new Set() };
  const targets = new Map<string, CallTarget>();
  const ineligible: Record<string, readonly Finding[]> = {};
  const dropped: Dropped = {};
  const store = facts.parameter('store');
  // The feature may say that no later request names a reply of this one by its id.
  const isStored = store === 'true' || (store === undefined && !engine.feature(feature).config.isStateless);
  // The Chat Completions API has no field for reasoning, so the router keeps it.
  const kept = source === 'openai-chat' ? keptReasoning(engine) : undefined;
  let conversation: Conversation | RouterError | undefined;

  /** Read once, when the first candidate of another API is considered. */
  function read(): Conversation | RouterError {
    return (conversation ??= readRequest(source, body));
  }

  function targetOf(model: ResolvedModel): CallTarget {
    const known = targets.get(model.name);
    if (known !== undefined) return known;
    const target = findTarget(model);
    targets.set(model.name, target);
    if (target.hindrances.length > 0) ineligible[model.name] = target.hindrances;
    return target;
  }

  function findTarget(model: ResolvedModel): CallTarget {
    const [first] = model.apis;
    const api = first ?? source;
    const reach = reachOf(model, { provider: wire.provider, api: source });
    if (reach.kind === 'none') return { api, hindrances: [{ path: reach.path, mark: 'unable', reason: reach.reason }] };
    const asked = read();
    if (RouterError.isInstance(asked)) return { api, hindrances: unreadRequest(asked) };
    const each = model.apis.map(candidate => ({ api: candidate, hindrances: hindrancesAt(candidate, model, asked) }));
    return each.find(({ hindrances }) => hindrances.length === 0) ?? (each[0] as CallTarget);
  }

  function hindrancesAt(api: Api, model: ResolvedModel, asked: Conversation): readonly Finding[] {
    const found = unableFor(asked, { api, model: targetModel(model) });
    if (source !== 'openai-responses') return found;
    const others = found.filter(({ path }) => path !== STORED.path);
    if (!isStored) return others;
    if (others.length === 0) tellStored(engine, { feature, model: model.name });
    return [...others, STORED];
  }

  function leaveOut(model: string, of: 'request' | 'reply', findings: readonly Finding[]): void {
    if (findings.length === 0) return;
    dropped[model] = [...(dropped[model] ?? []), ...findings];
    tellLeftOut(engine, { feature, model, of, findings });
  }

  function leaveOutOfReply(model: string, names: readonly string[]): void {
    const known = dropped[model] ?? [];
    const findings = [...new Set(names)].map(leftOutOfReply);
    const isKnown = ({ path, reason }: Finding): boolean =>
      known.some(each => each.path === path && each.reason === reason);
    leaveOut(
      model,
      'reply',
      findings.filter(finding => !isKnown(finding)),
    );
  }

  /** The request in the format of a model that can serve it. */
  function writtenFor(model: ResolvedModel, asked: Conversation): string {
    return translatorOf(targetOf(model).api).writeRequest(asked, targetModel(model));
  }

  const unableNative = transforms.unable(facts);
  /** A model of another API names a refused parameter as that API does. */
  function isUnable(model: ResolvedModel): boolean {
    if (!speaks(model, client) && transforms.learnt(model.name).length > 0) {
      const target = wires.find(({ name }) => name === targetOf(model).api);
      const asked = read();
      if (target === undefined || RouterError.isInstance(asked)) return false;
      return transforms.unable(target.read(writtenFor(model, asked), '') as RequestFacts)?.(model) === true;
    }
    return unableNative?.(model) === true;
  }

  function binding(): RoutedRequest['boundTo'] {
    const asked = mayHoldForeignReasoning(body) ? read() : undefined;
    if (asked === undefined || RouterError.isInstance(asked)) return undefined;
    return reasoningBinding(asked, engine.feature(feature).config.candidates);
  }

  /**
   * A request that one vendor's API refuses as wrong, perhaps because of a limit of its own, may be accepted by the
   * client's own API.
   */
  function maybeUnable(exchanged: Exchanged<Response>): Exchanged<Response> {
    const { candidates } = engine.feature(feature).config;
    if (exchanged.status !== 'rejected-request' || exchanged.isRewritten === true) return exchanged;
    if (!candidates.some(candidate => speaks(candidate, client))) return exchanged;
    return { ...exchanged, status: 'refused', refusal: { ...exchanged.refusal, about: 'unable' } };
  }

  return {
    boundTo: binding(),
    unable: unableNative && isUnable,
    translation: { hindrances: model => targetOf(model).hindrances },
    translated: { ineligible, dropped },
    exchange(native) {
      const untranslated = httpExchange(native);
      return async (model, signal) => {
        if (speaks(model, client)) return untranslated(model, signal);
        const { api } = targetOf(model);
        const target = wires.find(({ name }) => name === api);
        const said = read();
        if (target === undefined || RouterError.isInstance(said))
          return { status: 'refused', error: said instanceof Error ? said : new TypeError(`no wire of ${api}`) };
        const given = askedOf(model, said);
        const asked = kept?.restored(given, targetModel(model)) ?? given;
        const left = droppedFor(asked, { api, model: targetModel(model) });
        delete dropped[model.name];
        leaveOut(model.name, 'request', left);
        const schema = demandedSchema(said);
        const check = schema === undefined ? undefined : (await checkedOutput())?.outputCheck(schema);
        const wantsText = check !== undefined;
        const request = requestTo(target, { native, written: writtenFor(model, asked), model, wantsText });
        const answered = maybeUnable(await httpExchange(request)(model, signal));
        const exchanged = check === undefined ? answered : withAnswers(answered, check);
        const removed = request.dropped[model.name] ?? [];
        leaveOut(model.name, 'request', clientFindings(removed, { told: left, from: api, to: source }));
        return translatedReply(exchanged, {
          model: model.name,
          owner: { api, model: model.providerModel, endpoint: endpointOf(model) },
          request: native,
          named: withCallerNames(said, api),
          wrote(parts, id) {
            kept?.keep(said, parts);
            if (source === 'openai-responses' && store !== 'false') keepItems(engine, id, parts);
          },
          leftOut: names => leaveOutOfReply(model.name, names),
        });
      };
    },
  };
}

/**
 * The request as the model's own parameters change it, so that the fields that they leave no room for are reported too.
 */
function askedOf({ params }: ResolvedModel, asked: Conversation): Conversation {
  if (params === undefined) return asked;
  const { effort, temperature, maxOutputTokens } = params;
  return {
    ...asked,
    ...(effort !== undefined && { reasoning: { effort } }),
    settings: {
      ...asked.settings,
      ...(temperature !== undefined && { temperature }),
      ...(maxOutputTokens !== undefined && { maxTokens: maxOutputTokens }),
    },
  };
}

/** For the Responses API, the vendor's default is to store. */
const STORED: Finding = {
  path: 'store',
  mark: 'unable',
  reason:
    'a stored reply can be named later, which no other API would know: say `store: false`, or `stateless: true` of the feature',
};
