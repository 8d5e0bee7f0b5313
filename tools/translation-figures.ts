/** The published lists of translation: what cannot be sent to another API, what is dropped, and how effort is translated. */
import { EFFORTS } from '../src/core/ledger/effort.ts';
import { ANTHROPIC_FIELDS, OPAQUE_BLOCKS, OPAQUE_TOOLS as ANTHROPIC_TOOLS } from '../src/translate/anthropic/fields.ts';
import { CHAT_FIELDS } from '../src/translate/chat/fields.ts';
import type { Api } from '../src/translate/neutral/conversation.ts';
import type { JsonObject } from '../src/translate/neutral/json-text.ts';
import type { FieldTable, OwnFields } from '../src/translate/neutral/own.ts';
import type { Setting } from '../src/translate/neutral/settings.ts';
import type { TargetModel } from '../src/translate/neutral/translator.ts';
import { OPAQUE_ITEMS, OPAQUE_TOOLS as RESPONSES_TOOLS, RESPONSES_FIELDS } from '../src/translate/responses/fields.ts';
import { translatorOf } from '../src/translate/translate.ts';
import type { Exceptions } from '../test/support/other-vendor.ts';
import { ANTHROPIC_PROBES, DIFFERENT_FIELDS, OPENAI_PROBES } from '../test/support/other-vendor.ts';
import type { FigureBlock } from './figure-blocks.ts';
import { markdownTable } from './figure-blocks.ts';

const APIS: Readonly<Record<Api, string>> = {
  'openai-chat': 'chat completions',
  'openai-responses': 'responses',
  'anthropic-messages': 'Anthropic messages',
};

const MARKS = { unable: 'unable', bound: 'bound', preference: 'dropped' } as const;

type Row = readonly [field: string, mark: string, reason: string];

/** Rows with the same mark and reason become one. */
function grouped(rows: readonly Row[]): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const [field, mark, reason] of rows) {
    const key = `${mark}|${reason}`;
    groups.set(key, [...(groups.get(key) ?? []), `\`${field}\``]);
  }
  const order = Object.values<string>(MARKS);
  return [...groups]
    .map(([key, fields]) => [[...new Set(fields)].join(' '), ...key.split('|')])
    .toSorted(([, a = ''], [, b = '']) => order.indexOf(a) - order.indexOf(b));
}

/** Without fields that mean nothing whatever their value is, such as an id in a conversation that is sent whole. */
function ownRows(fields: OwnFields, within = ''): readonly Row[] {
  return Object.entries(fields)
    .filter(([, { isDefault }]) => isDefault === undefined || !['x', 1, {}].every(isDefault))
    .map(([name, { mark, reason }]) => [within + name, MARKS[mark], reason]);
}

/** Fields that only one API has. `reply` stands for replies, and `request` for the top level. */
function fieldRows(table: FieldTable): readonly Row[] {
  return Object.entries(table).flatMap(([object, { own }]) =>
    object === 'reply' ? [] : ownRows(own, object === 'request' ? '' : `${object}.`),
  );
}

function toolRows(tools: Readonly<Record<string, string>>): readonly Row[] {
  return Object.entries(tools).map(([type, reason]) => [`tools: ${type}`, MARKS.unable, reason]);
}

function table(rows: readonly Row[]): string {
  return markdownTable(['field or type', 'a candidate of another API', 'why'], grouped(rows)).replaceAll(
    '---:|',
    '---|',
  );
}

/** What each API does with the settings that it lacks. */
function settingsTable(): string {
  const names = Object.keys(translatorOf('openai-chat').settings) as Setting[];
  const rows = names.flatMap(name => {
    const cells = (Object.keys(APIS) as Api[]).map(api => {
      const mark = translatorOf(api).settings[name];
      return mark === 'mapped' ? 'yes' : MARKS[mark.mark];
    });
    const known = (Object.keys(APIS) as Api[]).map(api => translatorOf(api).names[name]);
    return cells.every(cell => cell === 'yes') ? [] : [[`\`${[...new Set(known)].join('`, `')}\``, ...cells]];
  });
  return markdownTable(['setting', ...Object.values(APIS).map(name => `at ${name}`)], rows).replaceAll('---:|', '---|');
}

const LIMIT = 100_000;

/** How an OpenAI client's effort is translated for models at Anthropic. */
function effortTable(): string {
  const { readRequest } = translatorOf('openai-chat');
  const { writeRequest } = translatorOf('anthropic-messages');
  const said = (effort: string, model: Partial<TargetModel>): string => {
    const request = {
      model: 'm',
      messages: [{ role: 'user', content: 'x' }],
      reasoning_effort: effort,
      max_completion_tokens: LIMIT,
    };
    const body = writeRequest(readRequest(JSON.stringify(request)), { model: 'm', ...model });
    const { thinking, output_config: config } = JSON.parse(body) as Readonly<Record<string, JsonObject | undefined>>;
    const { type, budget_tokens: budget } = thinking ?? {};
    return [
      config === undefined ? [] : [`effort \`${config.effort as string}\``],
      type === undefined ? [] : [`thinking \`${type as string}\``],
      budget === undefined ? [] : [`${(budget as number).toLocaleString('en')} tokens`],
    ]
      .flat()
      .join(', ');
  };
  return markdownTable(
    [
      '`reasoning_effort`',
      'a model that takes effort',
      `a model that takes a budget, limit ${LIMIT.toLocaleString('en')} tokens`,
    ],
    EFFORTS.map(effort => [`\`${effort}\``, said(effort, {}), said(effort, { thinking: 'budget' })]),
  ).replaceAll('---:|', '---|');
}

/** How many probes of each vendor's client are the same with a candidate of another API, and why the others cannot be. */
function probesTable(): string {
  const rows = Object.entries({ openai: OPENAI_PROBES, '@anthropic-ai/sdk': ANTHROPIC_PROBES }).flatMap(
    ([client, { count, exceptions }]) =>
      Object.entries<Exceptions>(exceptions).map(([api, reasons]) => {
        const held = count - Object.keys(reasons).length;
        return [
          `\`${client}\``,
          APIS[api as Api],
          `${held} of ${count}`,
          [...new Set(Object.values(reasons))].join('; '),
        ];
      }),
  );
  return markdownTable(['client', 'candidates', 'probes that hold', 'why the others do not'], rows).replaceAll(
    '---:|',
    '---|',
  );
}

function differencesTable(): string {
  const groups = Object.groupBy(Object.entries(DIFFERENT_FIELDS), ([, why]) => why);
  const rows = Object.entries(groups).map(([why, fields = []]) => [
    fields.map(([name]) => `\`${name}\``).join(' '),
    why,
  ]);
  return markdownTable(['field of a reply', 'why it differs'], rows).replaceAll('---:|', '---|');
}

function block(make: () => string): FigureBlock {
  return { command: 'npm run figures', exact: true, make };
}

export const TRANSLATION_FIGURES: Readonly<Record<string, FigureBlock>> = {
  'translation-settings': block(settingsTable),
  'translation-chat': block(() => table(fieldRows(CHAT_FIELDS))),
  'translation-responses': block(() =>
    table([...fieldRows(RESPONSES_FIELDS), ...ownRows(OPAQUE_ITEMS, 'input: '), ...toolRows(RESPONSES_TOOLS)]),
  ),
  'translation-anthropic': block(() =>
    table([...fieldRows(ANTHROPIC_FIELDS), ...ownRows(OPAQUE_BLOCKS, 'content: '), ...toolRows(ANTHROPIC_TOOLS)]),
  ),
  'translation-effort': block(effortTable),
  'translation-probes': block(probesTable),
  'translation-differences': block(differencesTable),
};
