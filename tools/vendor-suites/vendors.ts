/** The vendors whose own tests run through the router, and the tests that are left out or known to fail, with the reasons. */
export type Mode = 'raw' | 'wrapped' | 'routed';
export type VendorName = 'openai' | 'anthropic';

export interface Vendor {
  readonly packageName: string;
  /** Name of the client's class in `src/client.ts`. */
  readonly clientClass: string;
  /** Test files that create no client, or need files that are not in the folder. */
  readonly leftOut: readonly string[];
}

export const VENDORS: Readonly<Record<VendorName, Vendor>> = {
  openai: {
    packageName: 'openai',
    clientClass: 'OpenAI',
    leftOut: [
      // These tests use real accounts.
      'tests/live/**',
      // They install and build other projects, or test the repository's own scripts.
      'tests/ecosystem-{cli,cloudflare,vercel}*',
      'tests/oxlint-config.test.ts',
      'tests/test-script.test.ts',
    ],
  },
  anthropic: { packageName: '@anthropic-ai/sdk', clientClass: 'Anthropic', leftOut: [] },
};
