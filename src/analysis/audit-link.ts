/** The link of an intent into the user's own system, filled from a template. */
import { RouterError } from '../errors.ts';
import type { AuditItem } from './audit.ts';

const PLACEHOLDERS = ['intentId', 'session', 'feature'];

/**
 * Checks a template: the page shows it as a link, so it must be one that a browser opens as a page.
 *
 * @throws RouterError `invalid-value`
 */
export function checkLink(template: string, path: string): void {
  const named =
    typeof template === 'string' ? [...template.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name ?? '') : [];
  const wrong = named.find(name => !PLACEHOLDERS.includes(name));
  if (wrong !== undefined) {
    const details = { path, accepted: PLACEHOLDERS, given: wrong };
    throw new RouterError('invalid-value', `no placeholder is named "{${wrong}}"`, details);
  }
  const filled = typeof template === 'string' ? template.replace(/[{}]/g, '') : '';
  if (!/^https?:\/\//i.test(filled) || !URL.canParse(filled)) {
    throw new RouterError('invalid-value', 'not an http(s) address', {
      path,
      accepted: 'https://…/{intentId} (or {session}, {feature})',
    });
  }
}

/** A link into the user's own system: fills `{intentId}`, `{session}` and `{feature}` of `https://support.example/{intentId}`. */
export function auditLink(template: string, item: Pick<AuditItem, 'intentId' | 'session' | 'feature'>): string {
  return template.replace(/\{(intentId|session|feature)\}/g, (_, name: 'intentId' | 'session' | 'feature') =>
    encodeURIComponent(item[name] ?? ''),
  );
}
