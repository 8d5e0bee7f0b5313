/** One exchange of the fake provider: reads the request, then sends the scripted or the model's own reply, or a fault. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '../core/math/random.ts';
import type { ErrorKind, FakeApi, FakeRequest, PlannedReply, RenderContext } from './fake-api.ts';
import type { BilledRequest } from './fake-bill.ts';
import type { UnreportedRule } from './fake-charges.ts';
import { chargeFor } from './fake-charges.ts';
import type { FakeModel } from './fake-model.ts';
import { drawCount, planReply, taskOf } from './fake-model.ts';
import type { Remembered } from './fake-other-paths.ts';
import { otherPath } from './fake-other-paths.ts';
import type { Json } from './fake-request.ts';
import { jsonObject, textOr } from './fake-request.ts';
import type { FakeReply } from './fake-sending.ts';
import { retryAfterHeaders, sendReply } from './fake-sending.ts';
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
  /** The scripted reply to this request, which is then used up. */
  readonly scriptFor: (model: string, body: Json) => ScriptedReply | undefined;
  readonly faultFor: (request: FaultRequest) => FakeFault | undefined;
  readonly charge: (request: BilledRequest) => void;
  readonly logged: (request: LoggedRequest) => void;
}

/** A request to a model that is being answered. */
interface ModelCall {
  readonly api: FakeApi;
  readonly entry: LogEntry;
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
  readonly script: ScriptedReply | undefined;
}

/** A handler for `node:http`. It resolves when the exchange is over, and never rejects. */
export function fakeExchange(options: ExchangeOptions): (i: IncomingMessage, o: ServerResponse) => Promise<void> {
  const { apis, models } = options;
  const remembered = new Map<string, Remembered>();
  const turns = new Map<string, number>();

  async function answer(call: ModelCall, model: FakeModel, request: FakeRequest): Promise<void> {
    const { api, entry, response, script } = call;
    // Seeded by the task if the request names one, so that the order of other requests does not change its result.
    const turn = (turns.get(entry.model) ?? 0) + 1;
    turns.set(entry.model, turn);
    const random = options.random.fork(`${entry.model}/${taskOf(request).task ?? `turn ${turn}`}`);
    const planned = { model, request, requestChars: entry.text.length, lacks: api.lacks, random };
    const plan = script === undefined ? planReply(planned) : planScripted(script, planned);
    const reply = render(api, plan, contextOf(request, entry));
    entry.solved = plan.solved;
    const slowMs = entry.fault?.kind === 'slow' ? (entry.fault.delayMs ?? 0) : 0;
    const latencyMs = drawCount(script?.latencyMs ?? model.latencyMs ?? 0, random.fork('latency'));
    await pause(latencyMs + slowMs, response);
    // The client disconnected before the first byte of the reply, so it is not charged.
    if (response.closed) return;
    entry.status = 200;
    if (api.name === 'openai-responses' && entry.body.store !== false) {
      const kept = 'json' in reply ? reply.json : lastResponse(reply.events.at(-1)?.text ?? '');
      const chars = request.rememberedChars + entry.text.length + plan.text.length;
      remembered.set(textOr(kept.id, ''), { chars, response: kept });
    }
    const outcome = plan.solved === undefined ? 'none' : plan.solved ? 'solved' : 'not-solved';
    await sendReply(response, reply, {
      fault: entry.fault,
      headers: { ...call.headers, 'x-fake-outcome': outcome },
      charge: sent => {
        const charge = chargeFor({ entry, model, request, tokens: plan.tokens, sent }, options.billsUnreported);
        if (charge !== undefined) options.charge(charge);
      },
    });
  }

  /** The model and the parsed request, or the error that the provider answers with. */
  function readCall({ api, entry, script }: ModelCall): ErrorKind | readonly [FakeModel, FakeRequest] {
    const { body, fault } = entry;
    const model = models.get(entry.model);
    if (model === undefined || fault?.kind === 'unknown-model') return { kind: 'unknown-model', model: entry.model };
    if (fault !== undefined && 'parameter' in fault && fault.parameter in body) {
      return { ...fault, value: body[fault.parameter] };
    }
    const unsupported = script === undefined ? model.unsupported?.find(parameter => parameter in body) : undefined;
    if (unsupported !== undefined) return { kind: 'unsupported-parameter', parameter: unsupported };
    const request = api.read(body, id => remembered.get(id)?.chars);
    if ('kind' in request) return request;
    if (request.signedBy.some(name => name !== entry.model)) return { kind: 'foreign-thinking' };
    const hasPrice = request.tier === 'standard' || model.tierPrices?.[request.tier] !== undefined;
    return [model, hasPrice ? request : { ...request, tier: 'standard' }];
  }

  return async (request, response) => {
    const index = options.nextIndex();
    const text = await bodyText(request);
    if (text === undefined) return;
    const parsed = jsonObject(text);
    const path = (request.url ?? '').replace(/\?.*$/, '');
    const api = request.method === 'POST' ? apis.find(({ path: own }) => own === path) : undefined;
    const entry = logEntry(request, { index, path, text, body: parsed ?? {}, api: api?.name });
    options.logged(entry);
    if (api === undefined) {
      const [status, body] = otherPath({ path, text, model: entry.model, models, remembered });
      entry.status = status;
      return answerJson(response, { status, body, headers: { 'x-request-id': entry.requestId } });
    }
    const { model, stream, requestId } = entry;
    const script = parsed === undefined ? undefined : options.scriptFor(model, parsed);
    const call: ModelCall = { api, entry, response, headers: { [api.requestIdHeader]: requestId }, script };
    if (parsed === undefined) return refuse(call, { kind: 'invalid-json' });
    // A scripted reply is sent as scripted: it does not use up the schedule of faults.
    const isScripted = script !== undefined;
    entry.fault = isScripted ? script.fault : options.faultFor({ index, api: api.name, model, stream, text });
    if (await sendFault(call, request, options.nowMs())) return;
    const read = readCall(call);
    return 'kind' in read ? refuse(call, read) : answer(call, ...read);
  };
}

function render(api: FakeApi, plan: PlannedReply, context: RenderContext): FakeReply {
  return context.request.stream ? { events: api.events(plan, context) } : { json: api.json(plan, context) };
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

/** Sends a fault that takes the place of the reply; false when there is none, and the model answers. */
async function sendFault(call: ModelCall, request: IncomingMessage, nowMs: number): Promise<boolean> {
  const { entry, response, headers } = call;
  const { fault } = entry;
  if (fault?.kind === 'status') {
    await refuse({ ...call, headers: { ...headers, ...retryAfterHeaders(fault.retryAfter, nowMs) } }, fault);
  } else if (fault?.kind === 'html') {
    entry.status = fault.status;
    response.writeHead(fault.status, { 'content-type': 'text/html' }).end('<html><h1>Bad gateway</h1></html>');
    await closed(response);
  } else if (fault?.kind === 'reset') {
    request.socket.resetAndDestroy();
  } else if (fault?.kind === 'silent') {
    await closed(response);
  } else {
    return false;
  }
  return true;
}

async function refuse({ api, entry, response, headers }: ModelCall, error: ErrorKind): Promise<void> {
  const { status, body } = api.error(error, entry.requestId);
  entry.status = status;
  await answerJson(response, { status, body, headers });
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

/** Waits, but ends early if the client disconnects. */
async function pause(ms: number, response: ServerResponse): Promise<void> {
  if (ms > 0) await Promise.race([delay(ms), closed(response)]);
}

async function closed(response: ServerResponse): Promise<void> {
  if (!response.closed) await once(response, 'close');
}

interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

async function answerJson(response: ServerResponse, { status, body, headers }: JsonAnswer): Promise<void> {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  await closed(response);
}
