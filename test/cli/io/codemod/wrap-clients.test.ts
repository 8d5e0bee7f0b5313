import { describe, expect, test } from 'vitest';
import { wrapClients } from '../../../../src/cli/io/codemod/wrap-clients.ts';

const wrapped = async (text: string, file = 'a.ts', routerModule = './model-router.js'): Promise<string> =>
  (await wrapClients({ file, text, routerModule })).text;

describe('what is written', () => {
  test.each([
    [
      'a default import',
      "import OpenAI from 'openai';\nexport const a = new OpenAI();\n",
      "import OpenAI from 'openai';\nimport { router } from './model-router.js';\nexport const a = router.wrap(new OpenAI());\n",
    ],
    [
      'two clients, quotes and no semicolons',
      'import { OpenAI as C } from "openai"\nimport x from "x"\nf(new C({ a: 1 }), new C)\n',
      'import { OpenAI as C } from "openai"\nimport { router } from "./model-router.js"\nimport x from "x"\nf(router.wrap(new C({ a: 1 })), router.wrap(new C))\n',
    ],
    [
      'a name that is taken',
      "import OpenAI from 'openai';\nconst router = express.Router(), modelRouter = 1;\nnew OpenAI();",
      "import OpenAI from 'openai';\nimport { router as outcomeRouter } from './model-router.js';\nconst router = express.Router(), modelRouter = 1;\noutcomeRouter.wrap(new OpenAI());",
    ],
    [
      'a comment behind the import, and Windows line ends',
      "import OpenAI from 'openai'; // SDK\r\nnew OpenAI();\r\n",
      "import OpenAI from 'openai'; // SDK\r\nimport { router } from './model-router.js';\r\nrouter.wrap(new OpenAI());\r\n",
    ],
    [
      'more on the line of the import',
      "import OpenAI from 'openai'; import x from 'x'; new OpenAI();",
      "import OpenAI from 'openai';\nimport { router } from './model-router.js'; import x from 'x'; router.wrap(new OpenAI());",
    ],
    [
      'an import of several lines',
      "import {\n  OpenAI,\n  toFile,\n} from 'openai';\nnew OpenAI();",
      "import {\n  OpenAI,\n  toFile,\n} from 'openai';\nimport { router } from './model-router.js';\nrouter.wrap(new OpenAI());",
    ],
    [
      'a router that is imported already, by another name',
      "import OpenAI from 'openai';\nimport { router as r } from './model-router';\nr.wrap(new OpenAI());\nnew OpenAI();",
      "import OpenAI from 'openai';\nimport { router as r } from './model-router';\nr.wrap(new OpenAI());\nr.wrap(new OpenAI());",
    ],
    [
      'characters of more than one unit',
      "import OpenAI from 'openai';\nconst a = '🙂'; new OpenAI(); // é🙂",
      "import OpenAI from 'openai';\nimport { router } from './model-router.js';\nconst a = '🙂'; router.wrap(new OpenAI()); // é🙂",
    ],
  ])('a client is wrapped in spite of syntax that is hard to edit: %s', async (_, before, after) =>
    expect(await wrapped(before)).toBe(after),
  );

  test.each([
    [
      "const OpenAI = require('openai')\n[1].map(String)\nmodule.exports = new OpenAI()\n",
      "const OpenAI = require('openai')\n[1].map(String)",
    ],
    [
      "'use strict';\nconst { OpenAI } = require('openai');\nexports.a = new OpenAI();\n",
      "'use strict';\nconst { OpenAI } = require('openai');\nconst { router } = require('./model-router.js');\nexports.a = router.wrap(new OpenAI());\n",
    ],
  ])('a file that uses require also gets its router by require: %j', async (before, after) => {
    expect(await wrapped(before, 'a.cjs')).toContain(after);
  });

  test('a byte order mark stays where it is', async () => {
    const text = "\uFEFFimport OpenAI from 'openai';\nnew OpenAI();";
    expect(await wrapped(text)).toBe(
      "\uFEFFimport OpenAI from 'openai';\nimport { router } from './model-router.js';\nrouter.wrap(new OpenAI());",
    );
  });
});

test('a second run changes nothing', async () => {
  for (const text of [
    "import OpenAI from 'openai';\nconst a = [new OpenAI(), new OpenAI()];",
    "const OpenAI = require('openai');\nconst a = [new OpenAI()];",
  ]) {
    const once = await wrapped(text, 'a.js');
    expect(once).not.toBe(text);
    expect(await wrapped(once, 'a.js')).toBe(once);
  }
});

test('a file without a client to wrap stays as it is', async () => {
  for (const text of [
    "import { toFile } from 'openai';\n",
    "import { AzureOpenAI } from 'openai';\nnew AzureOpenAI();",
    '',
  ])
    expect(await wrapped(text)).toBe(text);
});

test('a file that cannot be read is an error', async () => {
  await expect(wrapped("import OpenAI from 'openai'; new OpenAI(")).rejects.toBeInstanceOf(SyntaxError);
});
