/**
 * Whether a feature's saving is real: the saving with its interval, the plan it is compared with, the evidence for it, and what
 * to set.
 */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { planOfKey } from '../../../core/ledger/vocabulary.ts';
import { savingCells, SAVINGS_SOURCE } from '../../../core/report/savings-words.ts';
import { savingVerdict } from '../../../core/report/saving-verdict.ts';
import { describePlan, formatCount } from '../../../core/report/wording.ts';
import type { SavingMessage } from '../../messages.ts';
import { useAnswer } from '../server.ts';
import { Await } from './figures.tsx';

export function Saving({ feature, period }: { readonly feature: string; readonly period: string }): JSX.Element {
  const [baseline, setBaseline] = useState('');
  const query = [
    `feature=${encodeURIComponent(feature)}`,
    ...(baseline === '' ? [] : [`baseline=${encodeURIComponent(baseline)}`]),
    ...(period === '' ? [] : [period]),
  ].join('&');
  // Requested once, not with every change of the ledger, because the answer reads thousands of intents.
  const answer = useAnswer<SavingMessage>(`api/saving?${query}`, 0);
  return (
    <Await answer={answer}>{message => <Answer feature={feature} message={message} onBaseline={setBaseline} />}</Await>
  );
}

function Answer(props: {
  readonly feature: string;
  readonly message: SavingMessage;
  readonly onBaseline: (plan: string) => void;
}): JSX.Element {
  const { feature, message, onBaseline } = props;
  const { plans, baseline, saving } = message;
  if (plans.length < 2)
    return (
      <p>{feature} has one plan: there is nothing to choose between. A second candidate makes a saving possible.</p>
    );
  if (message.observes !== undefined) return <Observed model={message.observes} />;
  if (baseline === undefined || saving === undefined) return <p>No intent of this period can be compared.</p>;
  return (
    <>
      <p class="answer">{savingVerdict(saving, baseline)}</p>
      <p class="filters">
        <label>
          Compare with{' '}
          <select value={baseline} onChange={event => onBaseline(event.currentTarget.value)}>
            {plans.map(plan => (
              <option key={plan} value={plan} selected={plan === baseline}>
                always {describePlan(plan)}
              </option>
            ))}
          </select>
        </label>
      </p>
      {saving.kind === 'estimate' && <Amounts saving={saving} baseline={baseline} />}
      <h3>{saving.kind === 'estimate' ? 'Why this may be believed' : 'Why it is not known'}</h3>
      <p>{groundsOf(message, baseline)}</p>
      {saving.kind === 'refused' && <p class="muted">In detail: {saving.reason}.</p>}
      {saving.kind === 'estimate' && (
        <p class="muted">
          {saving.note} {SAVINGS_SOURCE}.
        </p>
      )}
      {message.held?.plan !== baseline && planOfKey(baseline).length === 1 && (
        <NextStep feature={feature} model={baseline} />
      )}
    </>
  );
}

function Amounts({
  saving,
  baseline,
}: {
  readonly saving: Extract<NonNullable<SavingMessage['saving']>, { kind: 'estimate' }>;
  readonly baseline: string;
}): JSX.Element {
  const [other, logged, difference] = savingCells(saving);
  return (
    <dl class="headline">
      <div>
        <dt>
          Cost per intent <span class="note">always {describePlan(baseline)}</span>
        </dt>
        <dd class="value">
          <Amount text={other} />
        </dd>
      </div>
      <div>
        <dt>
          Cost per intent <span class="note">as routed</span>
        </dt>
        <dd class="value">
          <Amount text={logged} />
        </dd>
      </div>
      <div>
        <dt>Saved per intent</dt>
        <dd class="value">
          <Amount text={difference} />
        </dd>
      </div>
    </dl>
  );
}

/** The interval is printed smaller than its figure, as everywhere on the page. */
function Amount({ text }: { readonly text: string }): JSX.Element {
  const [value = '', interval = ''] = text.split(/ (?=\()/);
  return (
    <span class="figure">
      <span>{value}</span> <span>{interval}</span>
    </span>
  );
}

function groundsOf({ held, saving, intents, isAll }: SavingMessage, baseline: string): string {
  const looked = isAll
    ? `all ${formatCount(intents)} intents of the period`
    : `the latest ${formatCount(intents)} intents of the period`;
  const counted = `It is measured on ${looked}, of which ${formatCount(saving?.intents ?? 0)} have an outcome that counts.`;
  const name = describePlan(baseline);
  const rest =
    saving?.kind === 'refused'
      ? 'too few got it by chance to stand for the others'
      : 'those that got it did so by a draw whose probability is recorded, and stand for the others';
  if (held?.plan === baseline)
    return `${counted} ${formatCount(held.intents)} of them were held out for ${name} at random, whatever the router preferred: the same traffic at the same time, so only the choice of the plan differs.`;
  return `${counted} None is held out for ${name}: ${rest}.`;
}

function NextStep({ feature, model }: { readonly feature: string; readonly model: string }): JSX.Element {
  return (
    <>
      <h3>For a measured baseline</h3>
      <p>
        Hold out 5 % of the intents for {model}: a random twentieth always gets it, so the comparison never runs out of
        evidence. Set it at the top of this page, in the configuration of the feature, or with the command:
      </p>
      <pre class="text" tabIndex={0}>
        {`holdout: { model: '${model}', fraction: 0.05 }

npx outcome-router holdout ${feature} ${model} --fraction 5% --db <ledger>`}
      </pre>
    </>
  );
}

function Observed({ model }: { readonly model: string }): JSX.Element {
  return (
    <>
      <p class="answer">Not yet: the feature is only observed, and {model} answers every intent.</p>
      <p>
        That is the baseline. Take the mode “observe” out of the configuration and let the router decide a fraction of
        the intents: the saving is then measured against the others.
      </p>
      <pre class="text" tabIndex={0}>
        {`ownModel: '${model}', rollout: 0.1`}
      </pre>
    </>
  );
}
