import { expect, test } from 'vitest';
import type { OfflineReport } from '../../../src/exports/html/offline-report.ts';
import { renderOfflineReport } from '../../../src/exports/html/offline-report.ts';

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
      remark: 'no answer: too few',
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

test('the page is whole: no script, nothing loaded, one main heading, both colour schemes and paper', () => {
  const html = renderOfflineReport(REPORT);
  expect(html).not.toMatch(/<script|<link|<img|https?:\/\/|url\(|@import/i);
  expect(html.match(/<h1>/g)).toHaveLength(1);
  expect(html).toContain("default-src 'none'");
  expect(html).toContain('prefers-color-scheme:dark');
  expect(html).toContain('@media print');
});

test('what came from outside is text', () => {
  const html = renderOfflineReport(REPORT);
  expect(html).toContain('<h1>Policies &lt;b&gt;</h1>');
  expect(html).toContain('1,000 requests &amp; more');
});

test('every figure that is drawn stands in a table too', () => {
  const html = renderOfflineReport(REPORT);
  for (const figure of ['$0.22 (0.20–0.25)', '90.0 %', '75.0 %', '$5.00', '1.02 × the best', 'no answer: too few']) {
    expect(html).toContain(figure);
  }
});

test('parts without figures are left out', () => {
  const html = renderOfflineReport({ title: 't', summary: [], policies: REPORT.policies });
  expect(html).not.toContain('Who got the traffic');
  expect(html).not.toContain('What finding out has cost');
  expect(html).not.toContain('by feature');
});

test('a feature where no policy has an answer is no empty plot', () => {
  const features = [{ feature: 'silent', policies: [] }];
  const html = renderOfflineReport({ ...REPORT, features });
  expect(html).not.toContain('silent');
  expect(html).not.toContain('Cost per success, by feature');
  const mixed = renderOfflineReport({ ...REPORT, features: [...features, ...(REPORT.features ?? [])] });
  expect(mixed).toContain('<h3>support</h3>');
  expect(mixed).not.toContain('silent');
});

test('every plot’s figures are in a table with a caption', () => {
  const html = renderOfflineReport(REPORT);
  // Spend against success, regret, one policy’s shares, one feature.
  expect(html.match(/<svg /g)).toHaveLength(4);
  expect(html.match(/<caption>/g)).toHaveLength(4);
});

test('names of policies, plans and features are text everywhere, attributes included', () => {
  const evil = '"><script>alert(1)</script>';
  const html = renderOfflineReport({
    title: evil,
    summary: [evil],
    policies: REPORT.policies.map(policy => ({ ...policy, name: evil, remark: evil })),
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
