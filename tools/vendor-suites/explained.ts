/** Tests of the vendors that fail through the router and must, each with the reason. */
export interface Explained {
  /** A part of the test's file and name. */
  readonly test: string;
  readonly reason: string;
}

const WRAPPED: readonly Explained[] = [
  {
    test: 'lib/provider.test.ts: provider configures one runtime per client',
    reason:
      'It counts constructor runs: `wrap` makes a second client by `withOptions`, so that the first stays as it is.',
  },
];

export const EXPLAINED: Readonly<Record<'wrapped' | 'routed', readonly Explained[]>> = {
  wrapped: WRAPPED,
  routed: [
    ...WRAPPED,
    {
      test: 'betaRefusalFallbackMiddleware walks each hop through the chain',
      reason: 'A middleware sees the request as the application wrote it, so the first model it names is the slot.',
    },
  ],
};
