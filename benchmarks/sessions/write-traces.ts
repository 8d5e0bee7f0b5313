/**
 * Writes session traces of a world (docs/conversations.md) to stdout: what each model would have made of every intent.
 *
 *   node benchmarks/sessions/write-traces.ts [--world "chat mixed, Claude, 20×"] [--intents 2000] [--seed 1] > sessions.jsonl
 */
import { parseArgs } from 'node:util';
import type { TracedIntent, TracedRequest } from '../../src/conversations/session-trace.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { lognormalVariate, normal } from '../../src/core/math/samplers.ts';
import { poisson, sessionsOf } from './learner.ts';
import type { SessionFeature } from './worlds.ts';
import { successInSession, WORLDS } from './worlds.ts';

const { values } = parseArgs({
  options: {
    world: { type: 'string', default: 'chat mixed, Claude, 20×' },
    intents: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
  },
});
const world = WORLDS.find(({ name }) => name === values.world);
if (world === undefined)
  throw new RangeError(`no world is named ${values.world}; they are ${WORLDS.map(({ name }) => name).join('; ')}`);

const random = seededRandom(`traces ${world.name} ${values.seed}`);
/** Time between sessions, in which sessions of other users continue. */
const BETWEEN_MS = 1000;
const START_MS = Date.UTC(2026, 10, 1);
const intents: TracedIntent[] = [];
for (const [number, steps] of sessionsOf(world, Number(values.seed), Number(values.intents)).entries()) {
  let atMs = START_MS + number * BETWEEN_MS;
  const effect = world.sessionLogits * normal(random);
  for (const [index, { feature: f, gapMs }] of steps.entries()) {
    atMs += Math.round(gapMs);
    const feature = world.features[f] as SessionFeature;
    const luck = random.next();
    // The user sends every model the same text; what an agent adds to its later requests differs by model.
    const asked = (index === 0 ? world.startTokens : 0) + Math.ceil(lognormalVariate(feature.asked, 0.5, random));
    const answers = Object.fromEntries(
      world.models.map(({ name }, k) => {
        const count = 1 + poisson((feature.requests[k] as number) - 1, random);
        const requests = Array.from(
          { length: count },
          (_, turn): TracedRequest => ({
            inputTokens: turn === 0 ? asked : Math.ceil(lognormalVariate(feature.asked, 0.5, random)),
            outputTokens: Math.ceil(lognormalVariate(feature.answered, 0.5, random)),
          }),
        );
        return [name, { success: Number(luck < successInSession(world, { f, k, effect })), requests }];
      }),
    );
    intents.push({ session: `s${number}`, feature: `f${f}`, atMs, answers });
  }
}
for (const intent of intents.toSorted((a, b) => a.atMs - b.atMs)) process.stdout.write(`${JSON.stringify(intent)}\n`);
