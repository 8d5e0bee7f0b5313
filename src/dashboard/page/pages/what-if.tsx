/** Moves the failure cost, the quality floor or the budget, and shows what the policy would do then. */
import type { JSX } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import type { Explanation } from '../../../core/report/explain.ts';
import { formatPercent, formatUsd } from '../../../core/report/wording.ts';
import type { FeatureMessage, WhatIfAnswer, WhatIfQuestion } from '../../messages.ts';
import { Await, Estimate, Table } from '../parts/figures.tsx';
import { Plans } from '../parts/plans.tsx';
import { messageOf, tell, useAnswer } from '../server.ts';
import { atPlace, placeOf } from '../parts/slider-scale.ts';

export function WhatIf({ name, news }: { readonly name: string; readonly news: number }): JSX.Element {
  const answer = useAnswer<FeatureMessage>(`api/feature?feature=${encodeURIComponent(name)}`, news);
  return (
    <Await answer={answer}>
      {({ explanations }) => {
        const [now] = explanations;
        return now === undefined ? (
          <p>Nothing has been decided yet.</p>
        ) : (
          <Moves name={name} first={now} explanations={explanations} news={news} />
        );
      }}
    </Await>
  );
}

/** Steps of a slider. */
const PLACES = 100;

function Moves(props: {
  readonly name: string;
  readonly first: Explanation;
  readonly explanations: readonly Explanation[];
  readonly news: number;
}): JSX.Element {
  const { name, first, explanations, news } = props;
  const [segment, setSegment] = useState('');
  const now = explanations.find(each => each.segment === segment) ?? first;
  const [failureCostUsd, setFailureCost] = useState<number>();
  const [floor, setFloor] = useState<number>();
  const [budget, setBudget] = useState<number>();
  const [answer, setAnswer] = useState<WhatIfAnswer>();
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    let stale = false;
    const question: WhatIfQuestion = {
      feature: name,
      segment,
      ...(failureCostUsd === undefined ? {} : { failureCostUsd }),
      ...(floor === undefined ? {} : { minSuccessRate: floor }),
      ...(budget === undefined ? {} : { budgetPerIntentUsd: budget }),
    };
    // A slider that is being moved asks once it rests for a moment.
    const timer = setTimeout(() => void move(), 60);
    async function move(): Promise<void> {
      try {
        const value = await tell<WhatIfAnswer>('api/what-if', question);
        if (!stale) setAnswer(value);
        if (!stale) setProblem(undefined);
      } catch (error) {
        if (!stale) setProblem(messageOf(error));
      }
    }
    return () => {
      stale = true;
      clearTimeout(timer);
    };
  }, [name, segment, failureCostUsd, floor, budget, news]);

  const spend = Math.max(...now.plans.map(plan => plan.spendUsd.value), 1e-6);
  const costs = { low: Math.max(0.01, now.failureCostUsd / 1000), high: Math.max(1, now.failureCostUsd * 100) };
  return (
    <>
      <p>
        What this feature would do now, with all it has learnt, if something else were asked of it. Nothing is changed.
      </p>
      <form class="moves" onSubmit={event => event.preventDefault()}>
        {explanations.length > 1 && (
          <label>
            Segment
            <select value={segment} onChange={event => setSegment(event.currentTarget.value)}>
              {explanations.map(each => (
                <option key={each.segment} value={each.segment}>
                  {each.segment === '' ? 'without context' : each.segment}
                </option>
              ))}
            </select>
          </label>
        )}
        <Slider
          name="A failure costs"
          value={failureCostUsd ?? now.failureCostUsd}
          moved={failureCostUsd !== undefined}
          range={costs}
          format={formatUsd}
          onMove={setFailureCost}
        />
        <Slider
          name="Least success rate"
          value={floor ?? 0}
          moved={floor !== undefined}
          range={{ low: 0, high: 1 }}
          linear
          format={value => (value === 0 ? 'none' : formatPercent(value))}
          onMove={setFloor}
        />
        <Slider
          name="Budget: model spend per intent"
          value={budget ?? spend * 2}
          moved={budget !== undefined}
          range={{ low: spend / 1000, high: spend * 2 }}
          format={value => (budget === undefined ? 'none' : formatUsd(value))}
          onMove={setBudget}
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
  readonly moved: boolean;
  readonly range: { readonly low: number; readonly high: number };
  readonly linear?: boolean;
  readonly format: (value: number) => string;
  readonly onMove: (value: number | undefined) => void;
}): JSX.Element {
  const { name, value, moved, range, linear = false, format, onMove } = props;
  const id = useId();
  return (
    <div class="slider">
      <p>
        <label for={id}>{name}</label>: <output for={id}>{format(value)}</output>
      </p>
      <input
        id={id}
        type="range"
        min="0"
        max={PLACES}
        value={placeOf(value, { ...range, linear, places: PLACES })}
        aria-valuetext={format(value)}
        onInput={event => onMove(atPlace(Number(event.currentTarget.value), { ...range, linear, places: PLACES }))}
      />
      <button type="button" aria-label={`As it is: ${name}`} disabled={!moved} onClick={() => onMove(undefined)}>
        As it is
      </button>
    </div>
  );
}

function Compared({ answer }: { readonly answer: WhatIfAnswer }): JSX.Element {
  const { now, moved } = answer;
  const rows = [
    { name: 'as it is', ...now },
    { name: 'as moved', ...moved },
  ];
  return (
    <div aria-live="polite">
      <Table
        caption="What an intent would cost, and where it would go"
        rows={rows}
        rowKey={row => row.name}
        columns={[
          { title: 'Decision', cell: row => row.name },
          ...now.plans.map((plan, k) => ({
            title: plan.description,
            number: true,
            cell: (row: (typeof rows)[number]) => formatPercent(row.plans[k]?.share ?? Number.NaN),
          })),
          {
            title: 'Success',
            number: true,
            cell: row => row.expected && <Estimate of={row.expected.success} as={formatPercent} />,
          },
          {
            title: 'Model spend',
            number: true,
            cell: row => row.expected && <Estimate of={row.expected.spendUsd} as={formatUsd} />,
          },
          {
            title: 'Cost per intent',
            number: true,
            cell: row => row.expected && <Estimate of={row.expected.costPerIntentUsd} as={formatUsd} />,
          },
        ]}
      />
      <Plans explanation={moved} title="What the router would do" />
    </div>
  );
}
