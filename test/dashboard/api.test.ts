import { beforeAll, describe, expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import type { ApiReply } from '../../src/dashboard/api.ts';
import { dashboardApi } from '../../src/dashboard/api.ts';
import { ledgerView } from '../../src/dashboard/ledger-view.ts';
import { RouterError } from '../../src/errors.ts';
import type {
  AuditMessage,
  IntentChoicesMessage,
  IntentListMessage,
  IntentMessage,
  OverviewMessage,
  WhatIfAnswer,
} from '../../src/dashboard/messages.ts';
import { memory } from '../../src/stores/memory.ts';

const store = memory();
const view = ledgerView({ store, nowMs: Date.now, elapsedMs: () => performance.now() });
const TEXTS: Readonly<Record<string, string>> = { 'contract.summary-29': 'Hello' };
const api = dashboardApi({ store, view, link: 'https://support.example/{intentId}', textOf: id => TEXTS[id] });

beforeAll(async () => {
  const toMs = Date.now();
  await writeLedger(store, { intents: 300, seed: 1, fromMs: toMs - 20 * 86_400_000, toMs });
});

const OPERATOR = { canLabel: true, canControl: true, by: 'ann' };

async function get(path: string, answer = api): Promise<ApiReply> {
  const [pathname = '', search = ''] = path.split('?');
  const query = new URLSearchParams(search);
  return answer({ isPost: false, path: pathname, query, body: async () => expect.unreachable(), ...OPERATOR });
}

async function post(path: string, body: unknown, canLabel = true, canControl = canLabel): Promise<ApiReply> {
  return api({
    isPost: true,
    path,
    query: new URLSearchParams(),
    body: async () => body,
    canLabel,
    canControl,
    by: 'ann',
  });
}

async function valueOf<Value>(reply: Promise<ApiReply>): Promise<Value> {
  const { status, value } = await reply;
  expect(status).toBe(200);
  return value as Value;
}

test('the overview, feature and prices endpoints answer from the ledger', async () => {
  const overview = await valueOf<OverviewMessage>(get('/api/overview'));
  expect(overview.features[0]?.feature).toBe('support.reply');
  expect(await valueOf(get('/api/feature?feature=support.reply'))).toMatchObject({
    report: { feature: 'support.reply' },
  });
  expect(await valueOf(get('/api/prices'))).toHaveLength(3);
});

describe('intents', () => {
  test('a receipt has the configured links of its intent, and no others', async () => {
    const traced = dashboardApi({ store, view, traceLink: 'https://traces.example/?q={intentId}&f={feature}' });
    const path = '/api/intent?id=support.reply-134';
    const { link } = await valueOf<IntentMessage>(get(path));
    expect(link).toBe('https://support.example/support.reply-134');
    const receipt = await valueOf<IntentMessage>(get(path, traced));
    expect(receipt.traceLink).toBe('https://traces.example/?q=support.reply-134&f=support.reply');
    expect(receipt).not.toHaveProperty('link');
  });

  test('an id that the ledger does not know is named in the error', async () => {
    for (const id of ['nope', '', '%00']) expect(await get(`/api/intent?id=${id}`)).toMatchObject({ status: 400 });
    const { value } = await get('/api/intent?id=nope');
    expect(value).toEqual({ error: expect.stringContaining('no intent "nope"') });
  });

  test('each page of the list continues where the last one ended, until every intent was listed once', async () => {
    const ids: string[] = [];
    let after = '';
    do {
      const query = new URLSearchParams({ limit: '37', period: 'all', ...(after === '' ? {} : { after }) });
      const { intents, next = '' } = await valueOf<IntentListMessage>(get(`/api/intents?${String(query)}`));
      ids.push(...intents.map(({ intentId }) => intentId));
      after = next;
    } while (after !== '');
    expect(ids).toHaveLength(330);
    expect(new Set(ids).size).toBe(330);
  });

  test.each([
    'limit=x',
    'limit=0',
    'limit=1000000',
    'outcome=bad',
    'spend=-1',
    'spend=NaN',
    'after=%7B',
    'after=[1,2,3]',
    'after=[-1e999,"f","i"]',
    'after=[1,"f","\\u0000"]',
    'period=never',
    'climbed=yes',
  ])('the query %s is refused with the name of its field', async query => {
    const { status, value } = await get(`/api/intents?${query}`);
    expect(status).toBe(400);
    expect((value as { error: string }).error).toContain(query.split('=')[0]);
  });

  test('the choices of a filter are the models and versions that have answered in the feature', async () => {
    expect(await valueOf(get('/api/intent-choices?feature=code.review'))).toMatchObject({
      models: ['frontier', 'mini', 'premium'],
      versions: expect.arrayContaining(['mini-2026@1']),
    });
    const { features } = await valueOf<IntentChoicesMessage>(get('/api/intent-choices'));
    expect(features).toContain('search.rewrite');
    expect(await get('/api/intent-choices?feature=nope')).toMatchObject({ status: 400 });
  });
});

test('a read-only role can ask a what-if question', async () => {
  const question = { feature: 'support.reply', segment: '', failureCostUsd: 0.01 };
  const { scenario } = await valueOf<WhatIfAnswer>(post('/api/what-if', question, false));
  expect(scenario.failureCostUsd).toBe(0.01);
});

describe('audits', () => {
  const read = async (): Promise<AuditMessage> => valueOf(get('/api/audit?feature=contract.summary&fraction=1'));

  test('an audit sample contains links and captured text, and a posted label counts in the next sample', async () => {
    const before = await read();
    const [first] = before.unlabelled;
    expect(before.unlabelled.find(item => item.intentId === 'contract.summary-29')?.text).toBe('Hello');
    expect(first?.link).toBe(`https://support.example/${first?.intentId}`);
    expect(await valueOf(post('/api/audit', { intentId: first?.intentId, success: false }))).toMatchObject({
      state: 'failure',
      source: 'audit',
    });
    expect((await read()).audited).toBe(before.audited + 1);
  });

  test('a read-only role gets a sample marked as not labellable, and its attempt to label writes nothing', async () => {
    const before = await read();
    const query = new URLSearchParams({ feature: 'contract.summary', fraction: '1' });
    const body = async (): Promise<unknown> => ({ intentId: before.unlabelled[0]?.intentId, success: true });
    const shown = await api({ isPost: false, path: '/api/audit', query, body, ...OPERATOR, canLabel: false });
    expect([before.canLabel, (shown.value as AuditMessage).canLabel]).toEqual([true, false]);
    expect(await api({ isPost: true, path: '/api/audit', query, body, ...OPERATOR, canLabel: false })).toMatchObject({
      status: 403,
    });
    expect(await read()).toEqual(before);
  });

  test('an audit page shows twenty intents of the sample, and the next twenty after these are labelled', async () => {
    const sample = async (): Promise<AuditMessage> => valueOf(get('/api/audit?feature=support.reply&fraction=1'));
    const first = await sample();
    expect([first.drawn, first.unlabelled.length]).toEqual([135, 20]);
    const startedMs = Date.now();
    for (const { intentId } of first.unlabelled.slice(0, 3)) {
      await valueOf(post('/api/audit', { intentId, success: true }));
      const record = (await store.load(intentId)).at(-1);
      expect(record?.atMs).toBeGreaterThanOrEqual(startedMs);
      expect(record?.atMs).toBeLessThanOrEqual(Date.now());
    }
    const second = await sample();
    expect(second.unlabelled).toHaveLength(20);
    expect(second.unlabelled.slice(0, 17)).toEqual(first.unlabelled.slice(3));
  });

  test('an audit sample is drawn from the intents of the last 30 days', async () => {
    const older = memory();
    const toMs = Date.now();
    await writeLedger(older, { intents: 300, seed: 1, fromMs: toMs - 60 * 86_400_000, toMs });
    const own = dashboardApi({ store: older, view });
    const { intents } = await valueOf<AuditMessage>(get('/api/audit?feature=support.reply', own));
    const recent = await older.intents({ feature: 'support.reply', limit: 1_000, fromMs: toMs - 30 * 86_400_000 });
    expect(intents).toBe(recent.length);
    expect(intents).toBeLessThan((await older.intents({ feature: 'support.reply', limit: 1_000 })).length);
  });

  test('an audit samples 5 % of the intents by default', async () => {
    const drawn = async (more: string): Promise<number> =>
      (await valueOf<AuditMessage>(get(`/api/audit?feature=support.reply${more}`))).drawn;
    expect(await drawn('')).toBe(await drawn('&fraction=0.05'));
    expect(await drawn('')).toBeLessThan(await drawn('&fraction=0.5'));
  });
});

test.each([
  ['an unknown feature', async () => get('/api/feature?feature=nope'), 400],
  ['a what-if question with a wrong field', async () => post('/api/what-if', { feature: 1 }), 400],
  ['a label of an unknown intent', async () => post('/api/audit', { intentId: 'nope', success: true }), 400],
  ['an unknown path', async () => get('/api/nope'), 404],
  ['a path outside the API', async () => get('/nope'), 404],
  ['a POST to a path that only answers GET', async () => post('/api/overview', {}), 404],
  ['a GET of a path that only answers POST', async () => get('/api/what-if'), 404],
])('%s is answered with its error status and a message', async (_, ask, status) => {
  expect(await ask()).toMatchObject({ status, value: { error: expect.stringMatching(/./) } });
});

test('an error of the store is not answered as a client error', async () => {
  const broken = dashboardApi({ store, view: { ...view, prices: async () => Promise.reject(new Error('disk')) } });
  await expect(get('/api/prices', broken)).rejects.toThrow('disk');
  const unusable = new RouterError('store-unusable', 'postgres: it has gone');
  const gone = dashboardApi({ store, view: { ...view, prices: async () => Promise.reject(unusable) } });
  expect(await get('/api/prices', gone)).toEqual({ status: 503, value: { error: 'postgres: it has gone' } });
});

describe('controls', () => {
  const feature = 'support.reply';

  test('an operator can set and lift a switch, a pin and a holdout, each recorded with who and why', async () => {
    const off = { feature, kind: 'disabled', subject: 'mini', isSet: true, why: 'rhymes' };
    const { value } = await post('/api/control', off);
    expect(value).toMatchObject({
      controls: { set: [{ kind: 'disabled', subject: 'mini', by: 'ann', why: 'rhymes' }] },
    });
    expect((await store.controls?.())?.[0]).toMatchObject({ subject: 'mini', isSet: true, by: 'ann' });
    const pin = { feature, kind: 'pinned', subject: feature, isSet: true, plan: 'premium' };
    expect((await post('/api/control', pin)).status).toBe(200);
    const hold = { feature, kind: 'holdout', subject: feature, isSet: true, plan: 'mini', fraction: 0.05 };
    expect((await post('/api/control', hold)).status).toBe(200);
    for (const set of [off, pin, hold]) {
      const { feature: of, kind, subject } = set;
      expect((await post('/api/control', { feature: of, kind, subject, isSet: false })).status).toBe(200);
    }
    expect((await store.controls?.())?.some(({ isSet }) => isSet)).toBe(false);
  });

  test('a reader and an auditor may set nothing', async () => {
    const off = { feature, kind: 'disabled', subject: 'mini', isSet: true };
    const before = await store.controls?.();
    for (const canLabel of [true, false]) expect((await post('/api/control', off, canLabel, false)).status).toBe(403);
    expect(await store.controls?.()).toEqual(before);
  });

  test.each([
    { kind: 'disabled', subject: 'mimi', isSet: true },
    { kind: 'pinned', subject: feature, isSet: true, plan: 'mimi' },
    { kind: 'pinned', subject: 'other', isSet: true, plan: 'mini' },
    { kind: 'holdout', subject: feature, isSet: true, plan: 'mini' },
    { kind: 'holdout', subject: feature, isSet: true, plan: 'mini', fraction: 2 },
    { kind: 'off', subject: 'mini', isSet: true },
    { kind: 'disabled', subject: '\0', isSet: false },
  ])('a control that names nothing of the feature is refused: $kind $subject $plan', async control => {
    expect((await post('/api/control', { feature, ...control })).status).toBe(400);
    expect((await store.controls?.())?.some(({ isSet }) => isSet)).toBe(false);
  });
});
