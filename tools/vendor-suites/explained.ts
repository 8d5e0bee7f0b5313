/** Tests of the vendors that must fail through the router, each with the reason. */
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
    {
      test: 'ChatCompletionRunFunctions.test.ts: resource completions runTools with stream: false flow with abort',
      reason:
        'It aborts as soon as its `fetch` has resolved: the client alone has read the reply by then, the router has not.',
    },
    {
      test: 'tracks the actual serialized tool contract again when a request is retried',
      reason:
        'Its tool has a `toJSON` with another result each time: the client writes a retry’s body again, the router does not.',
    },
  ],
};
