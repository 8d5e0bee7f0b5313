import { expect, test } from 'vitest';
import { modelSchema } from '../../src/config/model-schema.ts';
import { issuesOf as shapeIssues } from '../../src/config/shape.ts';

const issuesOf = (more: object): readonly string[] =>
  shapeIssues(modelSchema, { provider: 'openai', model: 'm', ...more }).map(({ path }) => path.join('.'));

test('a model with every option is accepted', () => {
  const params = {
    effort: 'low',
    maxOutputTokens: 1,
    temperature: 0,
    serviceTier: 'flex',
    body: { a: [null, { b: 'c' }, true, 1.5] },
  };
  const transform = { rename: { a: 'b' }, drop: ['c'], dropValues: { d: [1] }, clamp: { e: 2 } };
  const endpoint = { baseURL: 'https://models.example.com/v1', headers: { a: 'b' } };
  const others = { price: 1, servedAs: ['n'], lacks: ['tools'], contextTokens: 1 };
  expect(issuesOf({ params, transform, ...endpoint, ...others })).toEqual([]);
});

test('every parameter is accepted within its range only', () => {
  expect(issuesOf({ params: { maxOutputTokens: 0 } })).toEqual(['params.maxOutputTokens']);
  expect(issuesOf({ params: { temperature: -0.1 } })).toEqual(['params.temperature']);
  expect(issuesOf({ params: { serviceTier: 'a b' } })).toEqual(['params.serviceTier']);
  expect(issuesOf({ params: { thinkingBudget: 1_023 } })).toEqual(['params.thinkingBudget']);
  expect(issuesOf({ params: { maxOutputTokens: 1e12 } })).toEqual(['params.maxOutputTokens']);
  expect(issuesOf({ params: { body: { a: 1, when: new Date() } } })).toEqual(['params.body.when']);
  expect(issuesOf({ params: { body: { messages: [] } } })).toEqual(['params.body.messages']);
  expect(issuesOf({ params: { body: [] } })).toEqual(['params.body']);
});
