/** Results of known models on a public benchmark, with the source of every figure, and the check of a list of benchmarks. */
import * as z from 'zod/v4';
import { RouterError } from '../errors.ts';

/** The kind of tasks in a benchmark. */
export type BenchmarkKind = 'coding' | 'knowledge' | 'reasoning' | 'summaries' | 'tools';

/**
 * The provider's name of a model, how many of 100 tasks it solved at the first try, the day of that run or of its publication,
 * and its setting where the source names one.
 */
export type BenchmarkResult = readonly [model: string, percent: number, date: string, setting?: string];

export interface PublicBenchmark {
  readonly name: string;
  readonly kind: BenchmarkKind;
  readonly tasks: number;
  /** Where the results were read: a file at a fixed commit, so that each can be looked up. */
  readonly source: string;
  /** The license under which the source publishes the results. */
  readonly licence: string;
  readonly results: readonly BenchmarkResult[];
}

const day = z.iso.date();
const text = z.string().min(1);

const benchmark = z.strictObject({
  name: text,
  kind: z.enum(['coding', 'knowledge', 'reasoning', 'summaries', 'tools']),
  tasks: z.int().min(1),
  source: z.url(),
  licence: text,
  results: z
    .array(z.tuple([text, z.number().min(0).max(100), day]).rest(text))
    .min(2)
    .refine(results => new Set(results.map(([model]) => model)).size === results.length, 'a model has two results')
    .refine(results => results.some(([, percent]) => percent > 1), 'no result is above 1 %: 0.7 of the tasks are 70'),
});

/** @throws RouterError `invalid-value` at the first figure that is not a number, or has no source */
export function checkBenchmarks(given: readonly PublicBenchmark[], path: string): readonly PublicBenchmark[] {
  const checked = z.array(benchmark).min(1, 'no benchmark').safeParse(given);
  if (checked.success) return given;
  const [issue] = checked.error.issues;
  throw new RouterError('invalid-value', issue?.message ?? 'no list of benchmarks', {
    path: [path, ...(issue?.path ?? [])].join('.'),
    accepted: 'benchmarks: { name, kind, tasks, source, licence, results: [[model, percent, "2026-08-04"], …] }',
  });
}
