/** The compiler reports a mistake in a configuration in clear words and as the only error. */
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { capture } from '../../tools/run.ts';
import { ROOT } from '../../tools/sources.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const BEFORE = `
import { createRouter } from 'outcome-router';
const models = {
  mini: { provider: 'openai', model: 'gpt-5-mini' },
  premium: { provider: 'openai', model: 'gpt-5' },
} as const;
const signals = { stars: (stars: number) => stars >= 4 };
`;

const feature = (more: string): string =>
  `createRouter({ models, features: { support: { candidates: ['mini'], failureCostUsd: 15, ${more} } } });`;
const model = (more: string): string =>
  `createRouter({ models: { mini: { provider: 'openai', model: 'gpt-5-mini', ${more} } }, features: {} });`;

/** The compiled code, and a part of each error in order. */
const CASES: Record<string, readonly [code: string, errors: readonly RegExp[]]> = {
  'a correct configuration': [feature("signals, silence: { after: '1h', means: 'success' }"), []],
  'a misspelt option of a feature': [feature('failureCost: 15'), [/ThereIsNoOption<"failureCost">/]],
  'a misspelt option beside a correct text and flag': [
    feature("promptVersion: 'v1', temprature: true, promtVersion: 'v1'"),
    [/ThereIsNoOption<"temprature">/, /ThereIsNoOption<"promtVersion">/],
  ],
  'a misspelt option inside an option': [
    feature("silence: { after: '1h', meens: 'success' }"),
    [/'meens' does not exist in type .* Did you mean to write 'means'\?/],
  ],
  'an option too many inside an option': [
    feature('checks: { json: true, refusl: true }'),
    [/ThereIsNoOption<"refusl">/],
  ],
  'a misspelt option of a model': [model('headerz: {}'), [/ThereIsNoOption<"headerz">/]],
  'a misspelt option of a transform': [
    model("transform: { drop: ['top_p'], renam: { a: 'b' } }"),
    [/ThereIsNoOption<"renam">/],
  ],
  'a misspelt parameter of a model': [model("params: { effort: 'low', efort: 'low' }"), [/ThereIsNoOption<"efort">/]],
  'a misspelt level of effort': [
    model("params: { effort: 'hihg' }"),
    [/Type '"hihg"' is not assignable to type '"high" \| "low"/],
  ],
  'a misspelt option of the router': [
    'createRouter({ models, features: {}, storre: 1 });',
    [/'storre' does not exist in type .* Did you mean to write 'store'\?/],
  ],
  'a misspelt provider': [
    "createRouter({ models: { mini: { provider: 'opnai', model: 'x' } }, features: {} });",
    [/Type '"opnai"' is not assignable .* Did you mean '"openai"'\?/],
  ],
  'a misspelt candidate': [
    "createRouter({ models, features: { support: { candidates: ['mini', 'premum'], failureCostUsd: 15 } } });",
    [/Type '"premum"' is not assignable to type '"mini" \| "premium"'\. Did you mean '"premium"'\?/],
  ],
  'no candidate': [
    'createRouter({ models, features: { support: { candidates: [], failureCostUsd: 15 } } });',
    [/Source has 0 element\(s\) but target requires 1/],
  ],
  'a prior for a model that is not configured': [
    feature('prior: { mini: { success: 0.9 }, mimi: { success: 0.9 } }'),
    [/ThereIsNoModel<"mimi">/],
  ],
  'a holdout of a model that is not configured': [
    feature("holdout: { model: 'premum', fraction: 0.1 }"),
    [/Type '"premum"' is not assignable to type '"mini" \| "premium"'\. Did you mean '"premium"'\?/],
  ],
  'a misspelt option of a prior': [
    feature('prior: { mini: { success: 0.9, strenght: 5 } }'),
    [/ThereIsNoOption<"strenght">/],
  ],
  'a misspelt option of a number in the context': [
    feature("context: { plan: ['free'], difficulty: { cuts: [0.5], lables: ['easy', 'hard'] } }"),
    [/ThereIsNoOption<"lables">/],
  ],
  'numbers in the context that are not made by numbers()': [
    feature("context: { plan: ['free'], topic: { numbers: 256 } }"),
    [/Property 'model' is missing|not assignable/],
  ],
  'a validator whose parameter has its type': [feature('validate: reply => reply.text.length > reply.txt'), [/'txt'/]],
};

/** Mistakes in one feature, and a part of the only error that each of them gives. */
const CONFINED: Readonly<Record<string, readonly [option: string, error: RegExp]>> = {
  candidate: ["candidates: ['mini', 'premum']", /Did you mean '"premium"'\?/],
  'required option': [
    "candidate: ['mini']",
    /'candidate' does not exist in type .* Did you mean to write 'candidates'\?/,
  ],
  'option of an option': [
    "candidates: ['mini'], silence: { after: '1h', meens: 'success' }",
    /Did you mean to write 'means'\?/,
  ],
  'literal of an option': [
    "candidates: ['mini'], silence: { after: '1h', means: 'sucess' }",
    /Did you mean '"success"'\?/,
  ],
  objective: ["candidates: ['mini'], objective: 'cost-per-sucess'", /Did you mean '"cost-per-success"'\?/],
  duration: ["candidates: ['mini'], deadline: '30 minutes'", /Type '"30 minutes"' is not assignable to type/],
  'type of an amount': [
    "candidates: ['mini'], failureCostUsd: '15'",
    /Type 'string' is not assignable to type 'number'/,
  ],
  'type of a policy': ["candidates: ['mini'], policy: 'thompson'", /Type 'string' is not assignable to type 'Policy'/],
  check: ["candidates: ['mini'], checks: { json: 1 }", /Type 'number' is not assignable to type 'boolean/],
  signal: ["candidates: ['mini'], signals: { stars: 'up' }", /Type 'string' is not assignable to type 'SignalMeaning'/],
};
for (const [what, [option, error]] of Object.entries(CONFINED)) {
  CASES[`a wrong ${what}, beside which every feature keeps its names and types`] = [
    `const router = createRouter({
      models,
      features: {
        support: { context: { plan: ['free', 'paid'] }, ${option} },
        extract: { candidates: ['mini'], failureCostUsd: 3, signals, context: { plan: ['free', 'paid'] } },
      },
    });
    router.feature('suport');
    void router.feature('extract').intent().signal('star', 5);
    router.feature('support').intent({ context: { plan: 'gold' } });
    router.feature('support').intent({ context: { plan: 'free' } });
    router.feature('extract').intent().id.toFixed();`,
    [
      error,
      /Argument of type '"suport"' is not assignable to parameter of type '"(extract|support)" \| "(extract|support)"'/,
      /Argument of type '"star"' is not assignable to parameter of type '"stars"'/,
      /Type '"gold"' is not assignable to type '"free" \| "paid"/,
      /'toFixed' does not exist on type 'string'/,
    ],
  ];
}

const folder = temporaryFolder();
const errors = new Map<string, string[]>();

beforeAll(() => {
  const names = Object.keys(CASES);
  names.forEach((name, i) => {
    writeFileSync(join(folder, `case-${i}.ts`), `${BEFORE}${CASES[name]?.[0] ?? ''}\n`);
    errors.set(name, []);
  });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      // The declarations that are published, where they are built: the sources take the compiler three times as long.
      compilerOptions: { paths: { 'outcome-router': [join(ROOT, 'dist/index.d.ts'), join(ROOT, 'src/index.ts')] } },
      include: ['*.ts'],
    }),
  );
  const { stdout } = capture('tsc', ['-p', folder, '--pretty', 'false'], { cwd: folder });
  // An error begins with its file and line; indented lines below belong to it.
  for (const [, file, said] of stdout.matchAll(/^\S*?(\w[\w-]*)\.ts\(\d+,\d+\): (error [^]*?)(?=^\S|(?![^]))/gm)) {
    const name = names[Number(/^case-(\d+)$/.exec(file ?? '')?.[1])] ?? `${file}`;
    errors.set(name, [...(errors.get(name) ?? []), said ?? '']);
  }
});

describe('the compiler reports a mistake in words, once', () => {
  test.each(Object.keys(CASES))('the compiler reports exactly the expected errors for %s', name => {
    const expected = CASES[name]?.[1] ?? [];
    expect(errors.get(name)).toEqual(expected.map(said => expect.stringMatching(said)));
  });

  test('the compiler reports no error outside the compiled cases', () => {
    expect([...errors.keys()].toSorted()).toEqual(Object.keys(CASES).toSorted());
  });
});
