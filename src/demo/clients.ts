/** The official clients, which are optional peers of this package: the demo loads them only when it runs. */
import type Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import { RouterError } from '../errors.ts';

export interface DemoClients {
  readonly OpenAI: typeof OpenAI;
  readonly Anthropic: typeof Anthropic;
}

/**
 * Loads both clients.
 *
 * @throws RouterError `unsupported-runtime` with the command that installs the missing ones
 */
export async function loadClients(importing: (name: string) => Promise<unknown> = importClient): Promise<DemoClients> {
  const missing: string[] = [];
  const load = async (name: string): Promise<unknown> => {
    try {
      return ((await importing(name)) as { readonly default: unknown }).default;
    } catch (error) {
      // Any other error is one of the package itself and is shown unchanged.
      if (!isMissing(error, name)) throw error;
      missing.push(name);
      return undefined;
    }
  };
  const clients = { OpenAI: await load('openai'), Anthropic: await load('@anthropic-ai/sdk') };
  if (missing.length > 0) {
    throw new RouterError(
      'unsupported-runtime',
      `the demo calls models through the official clients, and ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not installed. ` +
        `Run: npm install ${missing.join(' ')} (or, without a project: ${NPX})`,
    );
  }
  return clients as DemoClients;
}

const NPX = 'npx -p outcome-router -p openai -p @anthropic-ai/sdk outcome-router demo';

async function importClient(name: string): Promise<unknown> {
  return name === 'openai' ? import('openai') : import('@anthropic-ai/sdk');
}

function isMissing(error: unknown, name: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`);
}
