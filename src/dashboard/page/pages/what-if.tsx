/** Changes the failure cost, the quality floor or the budget, and shows what the policy would do then. */
import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { Explanation } from '../../../core/report/explanation.ts';
import { formatPercent, formatUsd } from '../../../core/report/wording.ts';
import type { FeatureMessage, WhatIfAnswer, WhatIfQuestion } from '../../messages.ts';
import { Await, Estimate, Table } from '../parts/figures.tsx';
import { Plans } from '../parts/plans.tsx';
import { isUnreachable, messageOf, post, useAnswer, useAsking, useReturns } from '../server.ts';
import { positionOf, rangeAround, valueAt } from '../parts/slider-scale.ts';

export function WhatIf({ name, version }: { readonly name: string; readonly version: number }): JSX.Element {
  const answer = useAnswer<FeatureMessage>(`api/feature?feature=${encodeURIComponent(name)}`, version);
  return (
    <Await answer={answer}>
      {({ explanations }) => {
        const [now] = explanations;
        return now === undefined ? (
          <p>The feature has no decisions yet.</p>
        ) : (
          <ScenarioForm name={name} first={now} explanations={explanations} version={version} />
        );
      }}
    </Await>
  );
}

/** Positions of a slider. */
const STEPS = 100;
/** A slider in motion asks the server once it has rested for this long: shorter is more responsive, at more requests. */
const DEBOUNCE_MS = 60;

function ScenarioForm(props: {
  readonly name: string;
  readonly first: Explanation;
  readonly explanations: readonly Explanation[];
  readonly version: number;
}): JSX.Element {
  const { name, first, explanations, version } = props;
  const [segment, setSegment] = useState('');
  const now = explanations.find(each => each.segment === segment) ?? first;
  const [failureCostUsd, setFailureCost] = useState<number>();
  const [floor, setFloor] = useState<number>();
  const [budget, setBudget] = useState<number>();
  const [answer, setAnswer] = useState<WhatIfAnswer>();
  const [problem, setProblem] = useState<string>();
  const returns = useReturns();

  const question: WhatIfQuestion = {
    feature: name,
    segment,
    ...(failureCostUsd === undefined ? {} : { failureCostUsd }),
    ...(floor === undefined ? {} : { minSuccessRate: floor }),
    ...(budget === undefined ? {} : { budgetPerIntentUsd: budget }),
  };
  useAsking(JSON.stringify(question), version + returns, async signal => {
    await new Promise(resolve => void setTimeout(resolve, DEBOUNCE_MS));
    if (signal.aborted) return;
    try {
      const value = await post<WhatIfAnswer>('api/what-if', question);
      if (signal.aborted) return;
      setAnswer(value);
      setProblem(undefined);
    } catch (error) {
      if (!signal.aborted) setProblem(isUnreachable(error) ? undefined : messageOf(error));
    }
  });

  const spend = Math.max(...now.plans.map(plan => plan.spendUsd.value), 1e-6);
  return (
    <>
      <p>What this feature would do now, with everything it has learnt, under other settings. Nothing is saved.</p>
      <form class="sliders" onSubmit={event => event.preventDefault()}>
        {explanations.length > 1 && (
          <label>
            Segment
            <select value={segment} onChange={event => setSegment(event.currentTarget.value)}>
              {explanations.map(each => (
                <option key={each.segment} value={each.segment}>
                  {each.segment === '' ? 'no declared context' : each.segment}
                </option>
              ))}
            </select>
          </label>
        )}
        <Slider
          name="Failure cost"
          value={failureCostUsd ?? now.failureCostUsd}
          isSet={failureCostUsd !== undefined}
          range={rangeAround(now.failureCostUsd)}
          format={formatUsd}
          typed={{ label: 'Failure cost in USD', scale: 1 }}
          onChange={setFailureCost}
        />
        <Slider
          name="Minimum success rate"
          value={floor ?? 0}
          isSet={floor !== undefined}
          range={{ low: 0, high: 1 }}
          linear
          format={value => (value === 0 ? 'none' : formatPercent(value))}
          typed={{ label: 'Minimum success rate in %', scale: 100, most: 100 }}
          onChange={setFloor}
        />
        <Slider
          name="Budget: model spend per intent"
          value={budget ?? spend * 2}
          isSet={budget !== undefined}
          range={{ low: spend / 1000, high: spend * 2 }}
          format={value => (budget === undefined ? 'none' : formatUsd(value))}
          typed={{ label: 'Budget in USD per intent', scale: 1 }}
          onChange={setBudget}
        />
      </form>
      {problem !== undefined && (
        <p class="warn" role="alert">
          {problem}
        </p>
      )}
      {answer !== undefined && <Compared answer={answer} />}
    </>
  );
}

function Slider(props: {
  readonly name: string;
  readonly value: number;
  readonly isSet: boolean;
  readonly range: { readonly low: number; readonly high: number };
  readonly linear?: boolean;
  readonly format: (value: number) => string;
  /** The input beside the slider, for an exact value. `scale` is the number that the input shows for a value of 1. */
  readonly typed: { readonly label: string; readonly scale: number; readonly most?: number };
  readonly onChange: (value: number | undefined) => void;
}): JSX.Element {
  const { name, value, isSet, range, linear = false, format, typed, onChange } = props;
  const id = useId();
  // Typed text is not a value before the field is left. It is kept here, or the server's next answer would erase it.
  const [typing, setTyping] = useState<string>();
  function leave({ valueAsNumber: given }: HTMLInputElement): void {
    if (typing === undefined) return;
    setTyping(undefined);
    onChange(Number.isNaN(given) ? undefined : given / typed.scale);
  }
  return (
    <div class="slider">
      <p>
        <label for={id}>{name}</label>: <output for={id}>{format(value)}</output>
      </p>
      <input
        id={id}
        type="range"
        min="0"
        max={STEPS}
        value={positionOf(value, { ...range, linear, steps: STEPS })}
        aria-valuetext={format(value)}
        onInput={event => onChange(valueAt(Number(event.currentTarget.value), { ...range, linear, steps: STEPS }))}
      />
      <input
        class="exact"
        type="number"
        min="0"
        max={typed.most}
        step="any"
        aria-label={typed.label}
        placeholder="exact"
        value={typing ?? (isSet ? Number((value * typed.scale).toPrecision(12)) : '')}
        onInput={event => setTyping(event.currentTarget.value)}
        // A browser fires no change event for a field that was disabled meanwhile.
        onBlur={event => leave(event.currentTarget)}
        onChange={event => leave(event.currentTarget)}
      />
      <button type="button" aria-label={`Reset: ${name}`} aria-disabled={!isSet} onClick={() => onChange(undefined)}>
        Reset
      </button>
    </div>
  );
}

function Compared({ answer }: { readonly answer: WhatIfAnswer }): JSX.Element {
  const { now, scenario } = answer;
  const rows = [
    { name: 'current', ...now },
    { name: 'with your changes', ...scenario },
  ];
  return (
    <div aria-live="polite">
      <Table
        caption="Share of every plan, and what an intent would cost"
        rows={rows}
        rowKey={row => row.name}
        columns={[
          { title: 'Settings', cell: row => row.name },
          ...now.plans.map((plan, k) => ({
            title: plan.description,
            number: true,
            cell: (row: (typeof rows)[number]) => formatPercent(row.plans[k]?.share ?? Number.NaN),
          })),
          {
            title: 'Success',
            number: true,
            folds: true,
            cell: row => row.expected && <Estimate of={row.expected.success} as={formatPercent} />,
          },
          {
            title: 'Model spend',
            number: true,
            folds: true,
            cell: row => row.expected && <Estimate of={row.expected.spendUsd} as={formatUsd} />,
          },
          {
            title: 'Cost per intent',
            number: true,
            cell: row => row.expected && <Estimate of={row.expected.costPerIntentUsd} as={formatUsd} />,
          },
        ]}
      />
      <Plans explanation={scenario} title="What the router would do" />
    </div>
  );
}
