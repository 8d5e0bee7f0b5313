/** Priors from an outcome table, as a part of a router's configuration that can be pasted. */
import { formatCount, formatFigure, formatPercent } from '../../core/report/wording.ts';
import type { FeaturePriors, ModelPrior } from '../../replay/table/table-priors.ts';
import { printable } from '../io/printable.ts';

/** The JSON that the command prints. */
export interface PriorsResult {
  readonly table: string;
  readonly badRows: number;
  readonly firstBadRow?: string;
  readonly models: readonly string[];
  readonly features: readonly FeaturePriors[];
}

/** Decimals of a success rate: its interval is wider than one step of the last decimal. */
const DECIMALS = 3;

export function renderPriors({ table, badRows, firstBadRow, models, features }: PriorsResult): string {
  const requests = features.reduce((sum, feature) => sum + feature.requests, 0);
  return [
    `// From ${comment(table)}: ${formatCount(requests)} requests, models ${comment(models.join(', '))}.`,
    ...(badRows === 0 ? [] : [`// ${badRows} bad rows were dropped; the first: ${comment(firstBadRow ?? '')}`]),
    'features: {',
    ...features.flatMap(featureLines),
    '},',
  ].join('\n');
}

function featureLines({ feature, models, segments, warnings }: FeaturePriors): readonly string[] {
  return [
    `  ${property(feature)}: {`,
    ...warnings.map(warning => `    // Warning: ${comment(warning)}`),
    ...segments.flatMap(({ segment, models: inSegment }) => [
      `    // In ${comment(segment === '' ? 'requests without context' : segment)}: ${comment(inSegment.map(inWords).join('; '))}.`,
    ]),
    '    prior: {',
    ...models
      .filter(({ outcomes }) => outcomes > 0)
      .map(
        prior =>
          `      ${property(prior.model)}: { success: ${prior.success.toFixed(DECIMALS)}, strength: ${prior.strength} }, // ${figures(prior)}`,
      ),
    '    },',
    '  },',
  ];
}

function inWords(prior: ModelPrior): string {
  return `${prior.model} ${prior.outcomes === 0 ? 'has no outcome' : figures(prior)}`;
}

function figures({ rate, outcomes }: ModelPrior): string {
  return `${formatFigure(rate, formatPercent)} of ${formatCount(outcomes)}`;
}

/** A name as a property of an object. A name from a file may contain any characters; `__proto__` would set the prototype. */
function property(name: string): string {
  if (name === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name).replaceAll(/[\p{C}\p{Z}]/gu, escaped);
}

/** A character that would control the terminal or not be visible, written as a JavaScript escape. */
function escaped(invisible: string): string {
  const units = Array.from({ length: invisible.length }, (_, i) => invisible.charCodeAt(i));
  return invisible === ' ' ? ' ' : units.map(unit => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** Text from a file, made safe to be inside a comment. */
function comment(text: string): string {
  return printable(text).replaceAll(/\s+/g, ' ');
}
