import { expect, test } from 'vitest';
import { formatPercent, formatUsd } from '../../../src/core/report/wording.ts';
import type { OfflineReport } from '../../../src/exports/html/offline-report.ts';
import { renderOfflineReport } from '../../../src/exports/html/offline-report.ts';
import { tablesOf } from './html-tables.ts';
import { elementsOf } from './svg.ts';

const REPORT: OfflineReport = {
  title: 'Policies <b>',
  summary: ['1,000 requests & more'],
  policies: [
    {
      name: 'thompson',
      spendPerIntentUsd: 0.01,
      successRate: 0.9,
      costPerIntentUsd: 0.2,
      costPerSuccessUsd: 0.22,
      remark: '1.02 × the best',
    },
    {
      name: 'refused',
      spendPerIntentUsd: Number.NaN,
      successRate: Number.NaN,
      costPerIntentUsd: Number.NaN,
      costPerSuccessUsd: Number.NaN,
      refusal: 'there are too few',
    },
  ],
  regret: [
    { intents: 500, usd: [1, 2] },
    { intents: 1000, usd: [1.5, 5] },
  ],
  shares: [{ policy: 'thompson', plans: ['mini', 'premium'], steps: [{ intents: 1000, shares: [0.25, 0.75] }] }],
  features: [
    {
      feature: 'support',
      policies: [{ policy: 'thompson', intents: 1000, costPerSuccessUsd: { value: 0.22, low: 0.2, high: 0.25 } }],
    },
  ],
};

test('the page has no script, loads nothing, and has one main heading', () => {
  const html = renderOfflineReport(REPORT);
  expect(html).not.toMatch(/<script|<link|<img|https?:\/\/|url\(|@import/i);
  expect(html.match(/<h1>/g)).toHaveLength(1);
  expect(html).toContain("default-src 'none'");
});

test('the title and the summary are escaped', () => {
  const html = renderOfflineReport(REPORT);
  expect(html).toContain('<h1>Policies &lt;b&gt;</h1>');
  expect(html).toContain('1,000 requests &amp; more');
});

test('every figure in a plot is also in a table', () => {
  const html = renderOfflineReport(REPORT);
  for (const figure of [
    '$0.22 (0.20–0.25)',
    '90.0\u00a0%',
    '75.0\u00a0%',
    '$5.00',
    '1.02 × the best',
    'no estimate, because there are too few',
  ]) {
    expect(html).toContain(figure);
  }
});

test('sections without figures are left out', () => {
  const html = renderOfflineReport({ title: 't', summary: [], policies: REPORT.policies });
  expect(html).not.toContain('Shares of the plans');
  expect(html).not.toContain('Cost of exploration');
  expect(html).not.toContain('by feature');
});

test('a feature without an estimate by any policy has no section', () => {
  const features = [{ feature: 'silent', policies: [] }];
  const html = renderOfflineReport({ ...REPORT, features });
  expect(html).not.toContain('silent');
  expect(html).not.toContain('Cost per success, by feature');
  const mixed = renderOfflineReport({ ...REPORT, features: [...features, ...(REPORT.features ?? [])] });
  expect(mixed).toContain('<h3>support</h3>');
  expect(mixed).not.toContain('silent');
});

test('every plot has a table with a caption', () => {
  const html = renderOfflineReport(REPORT);
  // Spend against success, regret, one policy’s shares, one feature.
  expect(html.match(/<svg /g)).toHaveLength(4);
  expect(html.match(/<caption>/g)).toHaveLength(4);
});

test('names of policies, plans and features are escaped everywhere, in attributes too', () => {
  const evil = '"><script>alert(1)</script>';
  const html = renderOfflineReport({
    title: evil,
    summary: [evil],
    policies: REPORT.policies.map(policy => ({ ...policy, name: evil, remark: evil, refusal: evil })),
    regret: REPORT.regret ?? [],
    shares: [{ policy: evil, plans: [evil], steps: [{ intents: 9, shares: [1] }] }],
    features: [
      { feature: evil, policies: [{ policy: evil, intents: 9, costPerSuccessUsd: { value: 1, low: 0, high: 2 } }] },
    ],
  });
  expect(html).not.toContain('<script');
  expect(html).not.toContain('"">');
  expect(html).toContain('&quot;&gt;&lt;script&gt;');
});

test.each([
  [1, [1]],
  [9, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
  [25, [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 25]],
  [30, [3, 6, 9, 12, 15, 18, 21, 24, 27, 30]],
])('a series of %i steps has a table row at every tenth of its length and at its end', (count, expected) => {
  const steps = Array.from({ length: count }, (_, i) => i + 1);
  const tables = tablesOf(
    renderOfflineReport({
      ...REPORT,
      regret: steps.map(intents => ({ intents, usd: [intents, 2 * intents] })),
      shares: [{ policy: 'p', plans: ['mini'], steps: steps.map(intents => ({ intents, shares: [intents / count] })) }],
    }),
  );
  const regret = tables.get('Regret over the best fixed plan, USD');
  expect(regret?.header).toEqual(['intents', 'thompson', 'refused']);
  expect(regret?.rows).toEqual(expected.map(intents => [`${intents}`, formatUsd(intents), formatUsd(2 * intents)]));
  const shares = tables.get('Shares under p');
  expect(shares?.header).toEqual(['intents', 'mini']);
  expect(shares?.rows).toEqual(
    expected.map(intents => [`${intents}`, formatPercent(intents / count).replace(' ', '\u00a0')]),
  );
});

test('the tables of policies and features have a row per policy, and one color per policy everywhere', () => {
  const html = renderOfflineReport({
    ...REPORT,
    features: [
      {
        feature: 'support',
        policies: [{ policy: 'refused', intents: 1000, costPerSuccessUsd: { value: 0.22, low: 0.2, high: 0.25 } }],
      },
    ],
  });
  const tables = tablesOf(html);
  const policies = tables.get('Policies');
  expect(policies?.header).toHaveLength(6);
  expect(policies?.rows.map(row => row[0])).toEqual(['thompson', 'refused']);
  expect(policies?.rows[0]?.slice(1)).toEqual(['$0.010', '90.0\u00a0%', '$0.20', '$0.22', '1.02 × the best']);
  expect(tables.get('Cost per success of support')).toEqual({
    header: ['policy', 'intents', 'cost per success'],
    rows: [['refused', '1,000', '$0.22 (0.20–0.25)']],
  });
  const whisker = html.slice(html.indexOf('<h3>support</h3>'));
  expect(elementsOf(whisker, 'circle').map(dot => dot.attribute('fill'))).toEqual(['var(--c1)']);
  const [first, second] = elementsOf(html.slice(html.indexOf('Regret over time')), 'polyline');
  expect([first?.attribute('stroke'), second?.attribute('stroke')]).toEqual(['var(--c0)', 'var(--c1)']);
});
