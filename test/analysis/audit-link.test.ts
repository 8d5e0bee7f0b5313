import { expect, test } from 'vitest';
import { auditLink, checkLink } from '../../src/analysis/audit-link.ts';
import { refusal } from '../support/refusal.ts';

test('a link is the template with each name filled in as one URL component', () => {
  const item = { intentId: 'a/b c', feature: 'f' };
  expect(auditLink('https://x.example/{feature}/{intentId}?s={session}', item)).toBe(
    'https://x.example/f/a%2Fb%20c?s=',
  );
});

test.each([
  'https://x.example/{intentId}',
  'http://localhost:3000/{feature}?s={session}',
  'https://{feature}.x.example/',
])('%s is accepted as a template of links', template => {
  expect(checkLink(template, 'link')).toBeUndefined();
});

test.each(['', '{intentId}', '/tickets/{intentId}', 'javascript:alert(1)', 'data:text/html,{intentId}', 'https://'])(
  '"%s" is refused as a template, because it is not an http(s) address',
  template => {
    const { code, path, accepted } = refusal(() => checkLink(template, 'link'));
    expect([code, path, accepted]).toEqual(['invalid-value', 'link', 'https://…/{intentId} (or {session}, {feature})']);
  },
);

test('a misspelled placeholder is refused with the nearest one', () => {
  expect(refusal(() => checkLink('https://x.example/{intntId}', '--link')).message).toContain(
    'did you mean "intentId"?',
  );
});
