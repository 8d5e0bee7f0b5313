/** `outcome-router/priors`: what a feature may expect of its models before its first outcome. */
export type { CandidateEvidence, CandidateOutcomes, EvidenceCandidate, PriorEvidence } from '../contracts/prior.ts';
export type { ExpectedSuccess } from '../core/cells/rate-cells.ts';
export type { BenchmarkKind, BenchmarkResult, PublicBenchmark } from '../priors/public-benchmark.ts';
export type { PublicEvidenceOptions } from '../priors/public-evidence.ts';
export { PUBLIC_BENCHMARKS, publicEvidence } from '../priors/public-evidence.ts';
