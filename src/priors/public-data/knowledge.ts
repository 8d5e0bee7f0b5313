/** Questions of knowledge, by subject, with answers to choose from. */
import type { PublicBenchmark } from '../public-benchmark.ts';

const SIMPLE_EVALS = 'https://github.com/openai/simple-evals/blob/ee3b0318d8d1d9d72755a4120879be65f7c07e9e/README.md';

export const KNOWLEDGE: readonly PublicBenchmark[] = [
  {
    name: 'MMLU',
    kind: 'knowledge',
    tasks: 14042,
    source: SIMPLE_EVALS,
    licence: 'MIT',
    results: [
      ['claude-3-5-sonnet-20240620', 88.3, '2025-07-09'],
      ['claude-3-opus-20240229', 86.8, '2025-07-09'],
      ['gemini-1.5-flash-001', 77.9, '2025-07-09'],
      ['gemini-1.5-pro-001', 81.9, '2025-07-09'],
      ['gpt-4-0125-preview', 85.4, '2025-07-09'],
      ['gpt-4-1106-preview', 84.7, '2025-07-09'],
      ['gpt-4-turbo-2024-04-09', 86.7, '2025-07-09'],
      ['gpt-4.1', 90.2, '2025-07-09'],
      ['gpt-4.1-mini', 87.5, '2025-07-09'],
      ['gpt-4.1-nano', 80.1, '2025-07-09'],
      ['gpt-4.5-preview', 90.8, '2025-07-09'],
      ['gpt-4o-2024-05-13', 87.2, '2025-07-09'],
      ['gpt-4o-2024-08-06', 88.7, '2025-07-09'],
      ['gpt-4o-2024-11-20', 85.7, '2025-07-09'],
      ['gpt-4o-mini-2024-07-18', 82, '2025-07-09'],
      ['grok-2', 87.5, '2025-07-09'],
      ['grok-2-mini', 86.2, '2025-07-09'],
      ['llama-3.1-405b-instruct', 88.6, '2025-07-09'],
      ['llama-3.1-70b-instruct', 82, '2025-07-09'],
      ['llama-3.1-8b-instruct', 68.4, '2025-07-09'],
      ['o1-2024-12-17', 91.8, '2025-07-09'],
      ['o1-mini-2024-09-12', 85.2, '2025-07-09'],
      ['o1-preview', 90.8, '2025-07-09'],
      ['o3', 92.9, '2025-07-09'],
      ['o3-mini', 85.9, '2025-07-09'],
      ['o4-mini', 90, '2025-07-09'],
    ],
  },
];
