/** The endpoints under `/api/`. All of them read from the ledger; only the labels of an audit are written. */
import { auditLink } from '../analysis/audit-link.ts';
import { auditSample, recordAudit } from '../analysis/audit.ts';
import type { Store } from '../contracts/store.ts';
import { RouterError } from '../errors.ts';
import type { LedgerView } from './ledger-view.ts';
import { parseIntentQuery } from './intent-query.ts';
import { intentChoices, listIntents, receiptOf } from './intents.ts';
import type { AuditMessage, ControlRequest, FeatureMessage, IntentMessage, SessionMessage } from './messages.ts';
import { askedPeriod } from './period-query.ts';
import type { ComparedBill } from './reconciliation.ts';
import { reconciliationMessage } from './reconciliation.ts';
import { setFromPage } from './set-control.ts';
import { savings } from './saving.ts';
import { parseControl, parseLabel, parseWhatIf } from './request-body.ts';

export interface ApiOptions {
  readonly store: Store;
  readonly view: LedgerView;
  /** The command that starts this dashboard. */
  readonly command?: string | undefined;
  readonly link?: string | undefined;
  readonly traceLink?: string | undefined;
  readonly reconciliation?: ComparedBill | undefined;
  readonly textOf?: ((intentId: string) => string | undefined) | undefined;
}

export interface ApiRequest {
  readonly isPost: boolean;
  /** Path after the base path: `/api/overview`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: () => Promise<unknown>;
  readonly canLabel: boolean;
  readonly canControl: boolean;
  /** Who asks: recorded with a control. */
  readonly by: string;
}

/** The reply of an endpoint. `value` is sent as JSON. */
export interface ApiReply {
  readonly status: 200 | 400 | 403 | 404 | 503;
  readonly value: unknown;
}

/** Intents of an audit that one response contains. */
const AUDIT_PAGE = 20;
/** More than a person labels in a month. The limit keeps the audit page of a large ledger fast. */
const MAX_DRAWN = 2_000;
const AUDIT_DAYS = 30;
const DEFAULT_AUDIT_FRACTION = 0.05;

const elapsedMs = (): number => performance.now();

export function dashboardApi(options: ApiOptions): (request: ApiRequest) => Promise<ApiReply> {
  const { store, view, command, link, traceLink, textOf } = options;
  const compared = options.reconciliation && reconciliationMessage(options.reconciliation);

  const saving = savings(store, view);

  function linked(intent: IntentMessage): IntentMessage {
    const item = { ...intent, intentId: intent.id };
    return {
      ...intent,
      ...(link === undefined ? {} : { link: auditLink(link, item) }),
      ...(traceLink === undefined ? {} : { traceLink: auditLink(traceLink, item) }),
    };
  }

  async function get({ path, query, canLabel, canControl }: ApiRequest): Promise<unknown> {
    const feature = query.get('feature') ?? '';
    switch (path) {
      case '/api/session':
        return { canLabel, canControl, ...(command === undefined ? {} : { command }) } satisfies SessionMessage;
      case '/api/overview':
        return view.overview(askedPeriod(query));
      case '/api/feature':
        return view.feature(feature, askedPeriod(query));
      case '/api/saving':
        return saving(feature, query.get('baseline') || undefined, askedPeriod(query));
      case '/api/intents':
        return listIntents({ store, view, elapsedMs }, parseIntentQuery(query, Date.now()));
      case '/api/intent-choices':
        return intentChoices(view, feature || undefined);
      case '/api/intent':
        return linked(await receiptOf(store, query.get('id') ?? ''));
      case '/api/prices':
        return view.prices();
      case '/api/reconciliation':
        return { last: compared };
      case '/api/audit':
        return audit(feature, Number(query.get('fraction') ?? DEFAULT_AUDIT_FRACTION), canLabel);
      default:
        return undefined;
    }
  }

  async function audit(feature: string, fraction: number, canLabel: boolean): Promise<AuditMessage> {
    const fromMs = Date.now() - AUDIT_DAYS * 86_400_000;
    const sample = await auditSample(store, { feature, fraction, fromMs, limit: AUDIT_PAGE, maxDrawn: MAX_DRAWN });
    const unlabelled = sample.unlabelled.map(item => {
      const text = textOf?.(item.intentId);
      return {
        ...item,
        ...(link === undefined ? {} : { link: auditLink(link, item) }),
        ...(text === undefined ? {} : { text }),
      };
    });
    return { ...sample, unlabelled, canLabel };
  }

  async function setControl(asked: ControlRequest, by: string): Promise<Pick<FeatureMessage, 'controls'>> {
    const { explanations } = await view.feature(asked.feature);
    const plans = explanations[0]?.plans.map(({ plan }) => plan) ?? [];
    await setFromPage(store, asked, { plans, by });
    view.refresh();
    return { controls: (await view.feature(asked.feature)).controls };
  }

  async function post({ path, body, by }: ApiRequest): Promise<unknown> {
    if (path === '/api/control') return setControl(parseControl(await body()), by);
    if (path === '/api/what-if') return view.whatIf(parseWhatIf(await body()));
    if (path === '/api/audit') return recordAudit(store, { ...parseLabel(await body()), nowMs: Date.now() });
    return undefined;
  }

  return async request => {
    if (request.isPost && request.path === '/api/audit' && !request.canLabel) {
      return { status: 403, value: { error: 'your role may read, but not label' } };
    }
    if (request.isPost && request.path === '/api/control' && !request.canControl) {
      return { status: 403, value: { error: 'your role may read, but not change what is routed' } };
    }
    try {
      const value = await (request.isPost ? post(request) : get(request));
      if (value === undefined) return { status: 404, value: { error: 'there is nothing at this address' } };
      return { status: 200, value };
    } catch (error) {
      if (!RouterError.isInstance(error)) throw error;
      // The page can show what is wrong with its request, or that the ledger cannot be reached.
      return { status: error.code === 'store-unusable' ? 503 : 400, value: { error: error.message } };
    }
  };
}
