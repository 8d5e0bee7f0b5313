/** The cost-per-success calculator: two set-ups side by side, reckoned in the browser by the same code as the command. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { SetUpComparison, SetUp } from '../../../core/calculator/calculator.ts';
import { compareSetUps, samplesNeeded } from '../../../core/calculator/calculator.ts';
import { preset, PRESET_NAMES } from '../../../core/calculator/presets.ts';
import { formatCount, formatFigure, formatPercent, formatUsd } from '../../../core/report/wording.ts';
import { Table } from '../parts/figures.tsx';

interface Field {
  readonly name: string;
  readonly key: 'tokenCostUsd' | 'turns' | 'retryRate' | 'successRate' | 'failureCostUsd' | 'sampleSize';
  /** What the input shows per unit of the value: percent for rates. */
  readonly scale: number;
  readonly unit: string;
  readonly step: string;
}

const FIELDS: readonly Field[] = [
  { name: 'Tokens of one reply', key: 'tokenCostUsd', scale: 1, unit: 'USD', step: 'any' },
  { name: 'Turns', key: 'turns', scale: 1, unit: 'per intent', step: '1' },
  { name: 'Retries', key: 'retryRate', scale: 100, unit: '%', step: 'any' },
  { name: 'Success', key: 'successRate', scale: 100, unit: '%', step: 'any' },
  { name: 'A failure costs', key: 'failureCostUsd', scale: 1, unit: 'USD', step: 'any' },
  { name: 'Measured on', key: 'sampleSize', scale: 1, unit: 'outcomes', step: '1' },
];

type Values = Readonly<Record<Field['key'], string>>;

export function Calculator(): JSX.Element {
  const [first, setFirst] = useState<Values>(() => valuesOf(preset('article').first.setUp));
  const [second, setSecond] = useState<Values>(() => valuesOf(preset('article').second.setUp));
  const result = reckon(first, second);
  return (
    <>
      <h1>Calculator</h1>
      <p>What a success costs, from a handful of rates. The ledger measures; this reckons.</p>
      <p class="buttons">
        <span>Start from:</span>
        {PRESET_NAMES.map(name => (
          <button
            key={name}
            type="button"
            onClick={() => {
              setFirst(valuesOf(preset(name).first.setUp));
              setSecond(valuesOf(preset(name).second.setUp));
            }}
          >
            {preset(name).title}
          </button>
        ))}
      </p>
      <form class="setups" onSubmit={event => event.preventDefault()}>
        <Fields title="First" values={first} onChange={setFirst} />
        <Fields title="Second" values={second} onChange={setSecond} />
      </form>
      <div aria-live="polite">
        {typeof result === 'string' ? (
          <p class="warn">{result}</p>
        ) : (
          <Result result={result} first={first} second={second} />
        )}
      </div>
    </>
  );
}

function Fields(props: {
  readonly title: string;
  readonly values: Values;
  readonly onChange: (values: Values) => void;
}): JSX.Element {
  const { title, values, onChange } = props;
  return (
    <fieldset>
      <legend>{title}</legend>
      {FIELDS.map(({ name, key, unit, step }) => (
        <label key={key}>
          <span>
            {name} <span class="muted">({unit})</span>
          </span>
          <input
            type="number"
            inputMode="decimal"
            min="0"
            step={step}
            value={values[key]}
            onInput={event => onChange({ ...values, [key]: event.currentTarget.value })}
          />
        </label>
      ))}
    </fieldset>
  );
}

function valuesOf(setUp: SetUp): Values {
  const full = { turns: 1, retryRate: 0, sampleSize: 100, ...setUp };
  return Object.fromEntries(
    FIELDS.map(({ key, scale }) => [key, String(Number((full[key] * scale).toPrecision(6)))]),
  ) as unknown as Values;
}

function setUpOf(values: Values): SetUp {
  return Object.fromEntries(FIELDS.map(({ key, scale }) => [key, Number(values[key]) / scale])) as unknown as SetUp;
}

/** The comparison, or what is wrong with the input. */
function reckon(first: Values, second: Values): SetUpComparison | string {
  try {
    return compareSetUps(setUpOf(first), setUpOf(second));
  } catch (error) {
    return error instanceof Error ? error.message : 'this cannot be reckoned';
  }
}

function Result(props: {
  readonly result: SetUpComparison;
  readonly first: Values;
  readonly second: Values;
}): JSX.Element {
  const { result } = props;
  const rows = [
    { name: 'First', costs: result.first, setUp: setUpOf(props.first) },
    { name: 'Second', costs: result.second, setUp: setUpOf(props.second) },
  ];
  const less = result.costPerSuccessSaving;
  return (
    <>
      <p class="summary">
        A success costs {formatPercent(Math.abs(less))} {less >= 0 ? 'less' : 'more'} with the second
        {result.equalAtFailureCostUsd === undefined
          ? ', whatever a failure costs'
          : `; both cost the same where a failure costs ${formatUsd(result.equalAtFailureCostUsd)}`}
        . Its tokens cost {result.tokenCostRatio.toFixed(1)} times the first’s.
      </p>
      <Table
        caption="What each costs; intervals are 95 %"
        rows={rows}
        rowKey={row => row.name}
        columns={[
          { title: 'Set-up', cell: row => row.name },
          { title: 'Tokens', number: true, cell: row => formatUsd(row.costs.tokensUsd) },
          { title: 'Retries', number: true, cell: row => formatUsd(row.costs.retriesUsd) },
          { title: 'Failures', number: true, cell: row => formatUsd(row.costs.failureUsd) },
          {
            title: 'Cost per intent',
            number: true,
            cell: ({ costs }) =>
              costs.intervals === undefined
                ? formatUsd(costs.costPerIntentUsd)
                : formatFigure(costs.intervals.costPerIntentUsd, formatUsd),
          },
          {
            title: 'Cost per success',
            number: true,
            cell: ({ costs }) =>
              costs.intervals === undefined
                ? formatUsd(costs.costPerSuccessUsd)
                : formatFigure(costs.intervals.costPerSuccessUsd, formatUsd),
          },
          {
            title: 'Outcomes for ±$0.05 an intent',
            number: true,
            cell: row => formatCount(samplesNeeded(row.setUp, { figure: 'cost-per-intent', precisionUsd: 0.05 })),
          },
        ]}
      />
    </>
  );
}
