import { expect, test } from 'vitest';
import type { Fault } from '../../../src/contracts/observer.ts';
import { storedText } from '../../../src/core/ledger/names.ts';
import { replyOwners } from '../../../src/engine/state/reply-owners.ts';

const ignore = (): void => {};

test('the model of a reply that this process received is known at once, and the first known key decides', () => {
  const owners = replyOwners({ modelOfReply: async () => 'other' }, ignore);
  owners.keep(['resp_1', 'conv_1'], 'mini');
  owners.keep(['resp_2', 'conv_1'], 'premium');
  expect(owners.of(['resp_1'])).toBe('mini');
  expect(owners.of(['conv_1'])).toBe('premium');
  expect(owners.of(['unknown', 'resp_1'])).toBe('mini');
});

test('the store is asked for a reply of another process, key by key', async () => {
  const asked: string[] = [];
  const modelOfReply = async (key: string): Promise<string | undefined> => {
    asked.push(key);
    return key === 'resp_2' ? 'premium' : undefined;
  };
  const owners = replyOwners({ modelOfReply }, ignore);
  expect(await owners.of(['resp_1', 'resp_2', 'resp_3'])).toBe('premium');
  expect(asked).toEqual(['resp_1', 'resp_2']);
});

test('no model is known where no key is given, or where the store keeps no keys', () => {
  expect(replyOwners({ modelOfReply: async () => 'mini' }, ignore).of([])).toBeUndefined();
  expect(replyOwners({}, ignore).of(['resp_1'])).toBeUndefined();
});

test('a failure of the store is reported as a fault, and the request continues as if the model of the reply were unknown', async () => {
  const faults: Fault[] = [];
  const error = new Error('down');
  const owners = replyOwners({ modelOfReply: async () => Promise.reject(error) }, fault => void faults.push(fault));
  expect(await owners.of(['resp_1'])).toBeUndefined();
  expect(faults).toEqual([{ where: 'store', error }]);
});

test('the intent that waits for a reply is found in this process, or else in the store', async () => {
  const own = replyOwners({}, ignore);
  own.await(['resp_1', 'conv_1'], 'i1');
  expect(await Promise.all(['resp_1', 'conv_1', 'resp_2'].map(own.intentOf))).toEqual(['i1', 'i1', undefined]);
  expect(['resp_1', 'resp_2'].map(own.mayAwait)).toEqual([true, false]);
  const shared = replyOwners({ intentOfReply: async key => (key === 'resp_2' ? 'i2' : undefined) }, ignore);
  expect(await Promise.all(['resp_1', 'resp_2'].map(shared.intentOf))).toEqual([undefined, 'i2']);
  expect(shared.mayAwait('resp_1')).toBe(true);
});

test('a key is looked for as it is stored, however the provider or the request writes it', async () => {
  const key = `resp_\0${'r'.repeat(3_000)}`;
  const stored = storedText(key);
  const store = async (asked: string) => (asked === stored ? 'stored' : undefined);
  const owners = replyOwners({ modelOfReply: store, intentOfReply: store }, ignore);
  expect([await owners.of([key]), await owners.intentOf(key)]).toEqual(['stored', 'stored']);
  owners.keep([stored], 'mini');
  owners.await([key], 'i');
  expect([owners.of([key]), await owners.intentOf(stored)]).toEqual(['mini', 'i']);
});

test('whether a reply is awaited is known by any of its keys, without a store', () => {
  const owners = replyOwners({}, ignore);
  owners.await(['resp_\0'], 'i');
  expect([owners.mayAwait('resp_\0'), owners.mayAwait('resp_')]).toEqual([true, false]);
});
