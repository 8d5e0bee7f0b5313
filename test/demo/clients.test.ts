import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { loadClients } from '../../src/demo/clients.ts';

test('the demo loads the official OpenAI and Anthropic clients', async () => {
  expect(await loadClients()).toEqual({ OpenAI, Anthropic });
});

/** Node's error for a missing package. */
const missing = (name: string): Error =>
  Object.assign(new Error(`Cannot find package '${name}' imported from /app/clients.js`), {
    code: 'ERR_MODULE_NOT_FOUND',
  });

test('the error for missing clients names them and the command that installs them', async () => {
  const none = loadClients(async name => Promise.reject(missing(name)));
  await expect(none).rejects.toMatchObject({ code: 'unsupported-runtime' });
  await expect(none).rejects.toThrow('npm install openai @anthropic-ai/sdk');
  const one = loadClients(async name =>
    name === 'openai' ? import('openai') : Promise.reject(missing('@anthropic-ai/sdk')),
  );
  await expect(one).rejects.toThrow(/@anthropic-ai\/sdk is not installed.*npm install @anthropic-ai\/sdk /);
});

test('a client that is installed but broken fails with its own error', async () => {
  const broken = loadClients(async () => Promise.reject(missing('something-it-needs')));
  await expect(broken).rejects.toThrow("Cannot find package 'something-it-needs'");
  await expect(loadClients(async () => Promise.reject(new SyntaxError('half a file')))).rejects.toThrow('half a file');
});
