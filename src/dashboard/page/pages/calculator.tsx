/** The cost-per-success calculator: two set-ups side by side, computed in the browser by the same code as the command. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { SetUpComparison, SetUp } from '../../../core/calculator/calculator.ts';
import { compareSetUps } from '../../../core/calculator/calculator.ts';
import { preset, PRESET_NAMES } from '../../../core/calculator/presets.ts';
import { samplesNeeded } from '../../../core/calculator/sample-size.ts';
import { formatCount, formatPercent, formatUsd } from '../../../core/report/wording.ts';
import { RouterError } from '../../../errors.ts';
import { Estimate, Table } from '../parts/figures.tsx';

interface Field {
  readonly name: string;
  readonly key: 'tokenCostUsd' | 'turns' | 'retryRate' | 'successRate' | 'failureCostUsd' | 'sampleSize';
  /** Factor from the value to what the input shows: 100 for rates, which it shows in percent. */
  readonly scale: number;
  readonly unit: string;
  readonly step: string;
}

const FIELDS: readonly Field[] = [
  { name: 'Tokens per reply', key: 'tokenCostUsd', scale: 1, unit: 'USD', step: 'any' },
  { name: 'Turns', key: 'turns', scale: 1, unit: 'per intent', step: '1' },
  { name: 'Retry rate', key: 'retryRate', scale: 100, unit: '%', step: 'any' },
  { name: 'Success rate', key: 'successRate', scale: 100, unit: '%', step: 'any' },
  { name: 'Failure cost', key: 'failureCostUsd', scale: 1, unit: 'USD', step: 'any' },
  { name: 'Measured on', key: 'sampleSize', scale: 1, unit: 'outcomes', step: '1' },
];

type Values = Readonly<Record<Field['key'], string>>;

export function Calculator(): JSX.Element {
  const [first, setFirst] = useState<Values>(() => valuesOf(preset('article').first.setUp));
  const [second, setSecond] = useState<Values>(() => valuesOf(preset('article').second.setUp));
  const result = compare(first, second);
  return (
    <>
      <h1>Calculator</h1>
      <p>What a success costs, computed from a few rates. The ledger measures; this calculates.</p>
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

/** The comparison, or the error in the input. */
function compare(first: Values, second: Values): SetUpComparison | string {
  try {
    return compareSetUps(setUpOf(first), setUpOf(second));
  } catch (error) {
    if (!RouterError.isInstance(error)) throw error;
    // The error names the field of the library; the reader knows the name of the input.
    const field = FIELDS.find(({ key }) => key === error.path);
    return field === undefined ? error.message : error.message.replace(field.key, field.name);
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
  const saving = result.costPerSuccessSaving;
  return (
    <>
      <p class="summary">
        A success costs {formatPercent(Math.abs(saving))} {saving >= 0 ? 'less' : 'more'} with the second
        {result.breakEvenFailureCostUsd === undefined
          ? ', whatever a failure costs'
          : `; it costs the same with both if a failure costs ${formatUsd(result.breakEvenFailureCostUsd)}`}
        . Its tokens cost {result.tokenCostRatio.toFixed(1)} times those of the first.
      </p>
      <Table
        caption="Cost of both set-ups. Intervals are 95 %."
        rows={rows}
        rowKey={row => row.name}
        columns={[
          { title: 'Set-up', cell: row => row.name },
          { title: 'Tokens', number: true, folds: true, cell: row => formatUsd(row.costs.tokensUsd) },
          { title: 'Retries', number: true, folds: true, cell: row => formatUsd(row.costs.retriesUsd) },
          { title: 'Failure cost', number: true, folds: true, cell: row => formatUsd(row.costs.failureUsd) },
          {
            title: 'Cost per intent',
            number: true,
            cell: ({ costs }) =>
              costs.intervals === undefined ? (
                formatUsd(costs.costPerIntentUsd)
              ) : (
                <Estimate of={costs.intervals.costPerIntentUsd} as={formatUsd} />
              ),
          },
          {
            title: 'Cost per success',
            number: true,
            cell: ({ costs }) =>
              costs.intervals === undefined ? (
                formatUsd(costs.costPerSuccessUsd)
              ) : (
                <Estimate of={costs.intervals.costPerSuccessUsd} as={formatUsd} />
              ),
          },
          {
            title: 'Outcomes needed for ±$0.05 per intent',
            number: true,
            folds: true,
            cell: row => formatCount(samplesNeeded(row.setUp, { figure: 'cost-per-intent', precisionUsd: 0.05 })),
          },
        ]}
      />
    </>
  );
}
