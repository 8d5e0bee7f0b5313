/**
 * Random requests and replies of the three APIs, read and written in their own API, and in another one and back: nothing may be
 * lost. `--conversations` is how many of each, for each API and each direction; `--only` is a part of a check's name.
 *
 * node tools/check-translation.ts --conversations 100000 --seed 1
 */
import { parseArgs } from 'node:util';
import type { SeededRandom } from '../src/core/math/random.ts';
import { seededRandom } from '../src/core/math/random.ts';
import { translatorOf } from '../src/translate/translate.ts';
import {
  checkAnswer,
  checkConversation,
  checkReply,
  checkRequest,
  PAIRS,
  SOURCES,
} from '../test/translate/support/identity.ts';

const { values } = parseArgs({
  options: {
    conversations: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
});
const count = Number(values.conversations);

/** At most this many differences are printed for each check. */
const MAX_SHOWN = 3;

let failures = 0;

function check(name: string, one: (random: SeededRandom) => unknown): void {
  if (!name.includes(values.only)) return;
  const random = seededRandom(`${values.seed}/${name}`);
  let differing = 0;
  for (let index = 0; index < count; index++) {
    const difference = one(random);
    if (difference === undefined) continue;
    differing += 1;
    if (differing <= MAX_SHOWN) console.error(name, JSON.stringify(difference, undefined, 2));
  }
  failures += differing;
  console.log(`${name.padEnd(72)} ${count} checked, ${differing} differ`);
}

for (const { api, request } of SOURCES) {
  const translator = translatorOf(api);
  check(`requests of ${api}, and back`, random => checkRequest(translator, request(random)));
  check(`replies of ${api}, and back`, random => checkReply(translator, random));
}
for (const [from, to] of PAIRS) {
  check(`conversations of ${from} for ${to}, and back`, random => checkConversation(from, to, random));
  check(`replies of ${from} for a client of ${to}`, random => checkAnswer(from, to, random));
}
process.exitCode = failures === 0 ? 0 : 1;
