/** One exchange of the fake provider: reads the request, then sends the scripted or the model's own reply, or a fault. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { SeededRandom } from '../core/math/random.ts';
import { promptChars } from '../wires/media-chars.ts';
import type { FakeApi, FakeReply, FakeRequest, PlannedReply, RenderContext } from './fake-api.ts';
import type { BilledRequest } from './fake-bill.ts';
import { inBackground } from './fake-background.ts';
import type { UnreportedRule } from './fake-charges.ts';
import { chargeFor } from './fake-charges.ts';
import { drawCount } from './fake-count.ts';
import { closed, sendBody, waitFor } from './fake-body.ts';
import { failedReply } from './fake-failed-replies.ts';
import type { ModelCall } from './fake-errors-sent.ts';
import { errorFor, errorHeaders, failureOf, refuse, sendFault } from './fake-errors-sent.ts';
import type { ErrorKind } from './fake-errors.ts';
import type { FakeModel } from './fake-model.ts';
import { planReply, taskOf } from './fake-model.ts';
import type { Remembered } from './fake-other-paths.ts';
import { otherPath } from './fake-other-paths.ts';
import { refusalOfModel } from './fake-refusals.ts';
import type { Json } from './fake-request.ts';
import { jsonObject, textOr } from './fake-request.ts';
import type { ReplyOptions, SentPart } from './fake-sending.ts';
import { sendReply } from './fake-sending.ts';
import { editedEvent } from './fake-statements.ts';
import type { FakeFault, FaultRequest } from './faults.ts';
import type { LogEntry, LoggedRequest } from './request-log.ts';
import { logEntry } from './request-log.ts';
import type { ScriptedReply } from './scripted-replies.ts';
import { planScripted } from './scripted-replies.ts';

export interface ExchangeOptions {
  readonly models: ReadonlyMap<string, FakeModel>;
  readonly apis: readonly FakeApi[];
  readonly random: SeededRandom;
  /** Milliseconds since the epoch, on the provider's clock. */
  readonly nowMs: () => number;
  readonly billsUnreported: UnreportedRule;
  readonly nextIndex: () => number;
  /** The scripted reply to this request; the script is then used up. */
  readonly scriptFor: (request: LoggedRequest) => ScriptedReply | undefined;
  readonly faultFor: (request: FaultRequest) => FakeFault | undefined;
  readonly charge: (request: BilledRequest) => void;
  readonly logged: (request: LoggedRequest) => void;
}

/** The reply and the fault that a test has chosen for a request. */
interface Chosen {
  readonly script?: ScriptedReply | undefined;
  readonly fault?: FakeFault | undefined;
}

type Charging = Pick<ReplyOptions, 'charge'>;
type ScriptedCall = ModelCall & Pick<Chosen, 'script'>;

/** A handler for `node:http`. It resolves when the exchange is over, and never rejects. */
export function fakeExchange(options: ExchangeOptions): (i: IncomingMessage, o: ServerResponse) => Promise<void> {
  const { apis, models } = options;
  const remembered = new Map<string, Remembered>();
  /** By the id of a redirected request: the reply for the request that follows it. */
  const redirected = new Map<string, Chosen>();
  const turns = new Map<string, number>();
  const stale = new WeakSet<Socket>();

  async function answer(call: ScriptedCall, model: FakeModel, request: FakeRequest): Promise<void> {
    const { api, entry, response, script, delivery } = call;
    // Seeded by the task if the request names one, so that the order of other requests does not change its result.
    const turn = (turns.get(entry.model) ?? 0) + 1;
    turns.set(entry.model, turn);
    const random = options.random.fork(`${entry.model}/${taskOf(request).task ?? `turn ${turn}`}`);
    const requestChars = promptChars(entry.text, { api: api.name, model: entry.model });
    const planned = { model, request, requestChars, lacks: api.lacks, random };
    const plan = script === undefined ? planReply(planned) : planScripted(script, planned);
    const whole = render(api, plan, contextOf(request, entry));
    const failure = failureOf(call);
    const reply = failure === undefined ? edited(whole, plan) : failedReply(whole, api.name, ...failure);
    const solved = failure === undefined ? plan.solved : undefined;
    entry.solved = solved;
    const slowMs = entry.fault?.kind === 'slow' ? (entry.fault.delayMs ?? 0) : 0;
    const latencyMs = drawCount(script?.latencyMs ?? model.latencyMs ?? 0, random.fork('latency'));
    await waitFor(latencyMs + slowMs + (delivery.headersAfterMs ?? 0), response);
    // The client disconnected before the first byte of the reply, so it is not charged.
    if (response.closed) return;
    entry.status = 200;
    const charge = (sent: SentPart): void => {
      const row = chargeFor({ entry, model, models, request, plan, sent }, options.billsUnreported);
      if (row !== undefined) options.charge(row);
    };
    const isStored = api.name === 'openai-responses' && entry.body.store !== false && failure === undefined;
    const chars = request.rememberedChars + entry.text.length + plan.text.length;
    const sent = isStored ? stored(reply, chars, { entry, charge }) : reply;
    const outcome = solved === undefined ? 'none' : solved ? 'solved' : 'not-solved';
    await sendReply(response, sent, {
      fault: entry.fault,
      headers: { ...call.headers, 'x-fake-outcome': outcome },
      delivery,
      random: call.random,
      charge,
    });
  }

  /** Stores a response, so that it can be retrieved and continued. A background response is sent as queued. */
  function stored(reply: FakeReply, chars: number, { entry, charge }: Pick<ModelCall, 'entry'> & Charging): FakeReply {
    const response = 'json' in reply ? reply.json : lastResponse(reply.events.at(-1)?.text ?? '');
    const id = textOr(response.id, '');
    if (!('json' in reply) || entry.body.background !== true) {
      remembered.set(id, { chars, retrieve: () => response });
      return reply;
    }
    const { queued, retrieve } = inBackground(response, () => charge({ reports: 'usage', chars, ofChars: chars }));
    remembered.set(id, { chars, retrieve });
    return { json: queued, incomplete: true };
  }

  /** The model and the parsed request, or the error that the provider answers with. */
  function readCall({ api, entry, script, model }: ScriptedCall): ErrorKind | readonly [FakeModel, FakeRequest] {
    const { body } = entry;
    if (model === undefined) return { kind: 'unknown-model' };
    const refusal = script === undefined ? refusalOfModel(model, entry) : undefined;
    if (refusal !== undefined) return refusal;
    const request = api.read(body, id => remembered.get(id)?.chars);
    if ('kind' in request) return request;
    if (request.signedBy.some(name => name !== entry.model)) return { kind: 'foreign-thinking' };
    return [model, asServed(request, model)];
  }

  function chosenFor(api: FakeApi, entry: LogEntry): Chosen {
    const script = options.scriptFor(entry);
    // A scripted reply is sent as scripted: it does not use up the schedule of faults.
    if (script !== undefined) return { script, fault: script.fault };
    const { index, model, stream, text } = entry;
    return { fault: options.faultFor({ index, api: api.name, model, stream, text }) };
  }

  async function exchange(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    if (stale.has(socket)) return void socket.resetAndDestroy();
    const index = options.nextIndex();
    const text = await bodyText(request);
    if (text === undefined) return;
    const parsed = jsonObject(text);
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const api = request.method === 'POST' ? apis.find(({ path: own }) => own === path) : undefined;
    const entry = logEntry(request, { index, path, text, body: parsed ?? {}, api: api?.name });
    options.logged(entry);
    if (api === undefined) {
      const [status, body] = otherPath({ path, text, model: entry.model, models, remembered });
      entry.status = status;
      const headers = { 'content-type': 'application/json', 'x-request-id': entry.requestId };
      return sendBody(response, JSON.stringify(body), { status, headers, delivery: {}, random: options.random });
    }
    const from = new URLSearchParams(query).get(REDIRECTED) ?? '';
    const known = redirected.get(from);
    redirected.delete(from);
    const chosen = known ?? (parsed === undefined ? {} : chosenFor(api, entry));
    const { script, fault } = chosen;
    const random = options.random.fork(`chunks/${index}`);
    const model = models.get(entry.model);
    const delivery = { ...model?.delivery, ...script?.delivery, ...fault?.delivery };
    const headers = { [api.requestIdHeader]: entry.requestId, ...errorHeaders(fault, options.nowMs()) };
    if (delivery.staleConnection === true) response.once('finish', () => stale.add(socket));
    const call: ScriptedCall = { api, entry, response, headers, script, model, delivery, random };
    if (delivery.redirect !== undefined && known === undefined) {
      redirected.set(entry.requestId, chosen);
      entry.status = delivery.redirect;
      response.writeHead(delivery.redirect, { location: `${path}?${REDIRECTED}=${entry.requestId}` }).end();
      return closed(response);
    }
    entry.fault = fault;
    if (parsed === undefined) return refuse(call, errorFor(call, { kind: 'invalid-json' }));
    if (await sendFault(call)) return;
    const read = readCall(call);
    return 'kind' in read ? refuse(call, errorFor(call, read)) : answer(call, ...read);
  }

  return (request, response) => exchange(request, response).catch((error: unknown) => explain(response, error));
}

/** Answers a request for which a function of the test threw: the client reports its message, and does not retry. */
async function explain(response: ServerResponse, error: unknown): Promise<void> {
  if (response.headersSent || response.closed) return void response.destroy();
  const message = `The fake provider failed. ${error instanceof Error ? error.message : String(error)}`;
  const body = JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message } });
  response.writeHead(400, { 'content-type': 'application/json', 'x-should-retry': 'false' }).end(body);
}

/** The query of a path that a request was redirected to. */
const REDIRECTED = 'redirected';

function render(api: FakeApi, plan: PlannedReply, context: RenderContext): FakeReply {
  return context.request.stream ? { events: api.events(plan, context) } : { json: api.json(plan, context) };
}

/** The reply after the script's last change. */
function edited(reply: FakeReply, { states }: PlannedReply): FakeReply {
  const edit = states?.edit;
  if (edit === undefined) return reply;
  if ('json' in reply) return { ...reply, json: edit(reply.json) };
  return { ...reply, events: reply.events.map(event => ({ ...event, text: editedEvent(event.text, edit) })) };
}

/** The request with the terms for which the model has a price; for all other terms it is served at the standard ones. */
function asServed(request: FakeRequest, { tierPrices, speeds, regions }: FakeModel): FakeRequest {
  const { tier, speed = '', region = '' } = request;
  return {
    ...request,
    tier: tier !== 'standard' && tierPrices?.[tier] === undefined ? 'standard' : tier,
    speed: speeds?.[speed] && speed,
    region: regions?.[region] && region,
  };
}

function contextOf(request: FakeRequest, { body, index }: LogEntry): RenderContext {
  let next = 0;
  return {
    request,
    body,
    id: prefix => `${prefix}_${index.toString(36).padStart(6, '0')}${(next++).toString(36).padStart(2, '0')}`,
    createdAtS: 1_767_225_600 + index,
  };
}

/** `undefined` if the client disconnected before it had sent the whole body. */
async function bodyText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function lastResponse(event: string): Json {
  return (jsonObject(event.slice(event.indexOf('data: ') + 6))?.response ?? {}) as Json;
}
