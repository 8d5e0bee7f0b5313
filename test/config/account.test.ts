import { expect, test } from 'vitest';
import { accountOf } from '../../src/config/account.ts';
import type { ModelConfig } from '../../src/config/application.ts';

const baseURL = 'https://models.example/v1';
const key = (value: string) => ({ authorization: `Bearer ${value}` });
const ownKey = () => key('own');

const models = {
  mini: { provider: 'openai', model: 'mini' },
  premium: { provider: 'openai', model: 'premium' },
  claude: { provider: 'anthropic', model: 'claude' },
  first: { provider: 'openai', model: 'a', baseURL, headers: key('1') },
  second: { provider: 'openai', model: 'b', baseURL, headers: key('1') },
  third: { provider: 'openai', model: 'a', baseURL, headers: key('2') },
  keyless: { provider: 'openai', model: 'a', baseURL },
  called: { provider: 'openai', model: 'a', baseURL, headers: ownKey },
  calledToo: { provider: 'openai', model: 'b', baseURL, headers: ownKey },
  keyed: { provider: 'openai', model: 'a', apiKey: '1' },
  keyedToo: { provider: 'openai', model: 'b', apiKey: '1' },
  keyedOther: { provider: 'openai', model: 'a', apiKey: '2' },
  calledOther: { provider: 'openai', model: 'b', baseURL, headers: () => key('own') },
} satisfies Record<string, ModelConfig>;

test('models share an account when they are called at one base URL with the same headers, or by one client', () => {
  const accounts = Object.fromEntries(Object.entries(models).map(([name, model]) => [name, accountOf(model, models)]));
  expect(accounts).toEqual({
    mini: 'account of mini',
    premium: 'account of mini',
    claude: 'account of claude',
    first: 'account of first',
    second: 'account of first',
    third: 'account of third',
    keyless: 'account of keyless',
    called: 'account of called',
    calledToo: 'account of called',
    keyed: 'account of keyed',
    keyedToo: 'account of keyed',
    keyedOther: 'account of keyedOther',
    calledOther: 'account of calledOther',
  });
});
