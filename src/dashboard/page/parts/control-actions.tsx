/** Switches, pins and a holdout, if the reader's role may set them. The effect is stated before it happens. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { modelOfNode } from '../../../core/ledger/vocabulary.ts';
import { describeControl } from '../../../core/report/control-words.ts';
import type { Explanation } from '../../../core/report/explanation.ts';
import type { ControlRequest, ControlsMessage, FeatureMessage } from '../../messages.ts';
import { messageOf, post } from '../server.ts';

type Wanted = Omit<ControlRequest, 'feature' | 'why'>;

export function ControlActions(props: {
  readonly explanation: Explanation;
  readonly controls: ControlsMessage;
  readonly onSet: () => void;
}): JSX.Element {
  const { explanation, controls, onSet } = props;
  const { feature, plans } = explanation;
  const [wanted, setWanted] = useState<Wanted | undefined>();
  const [error, setError] = useState('');
  const [isSending, setSending] = useState(false);
  const section = useRef<HTMLElement>(null);
  const why = useRef<HTMLInputElement>(null);
  const shown = useRef(wanted);
  shown.current = wanted;
  const isSet = (kind: Wanted['kind'], subject: string): boolean =>
    controls.set.some(control => control.kind === kind && control.subject === subject);
  /**
   * The arrow keys continue from the chosen option: a list that reset to its first line would never reach its second plan.
   */
  const chosenIn = (kind: Wanted['kind']): string => (wanted?.kind === kind && wanted.plan) || '';
  const models = [...new Set(plans.flatMap(({ nodes }) => nodes.map(({ node }) => modelOfNode(node))))];

  function choose(control: Wanted | undefined): void {
    setWanted(control);
    setError('');
  }

  /** The closing form would lose the focus. */
  function leave(): void {
    if (section.current?.contains(document.activeElement) === true) section.current.focus({ preventScroll: true });
    choose(undefined);
  }

  async function confirm(control: Wanted): Promise<void> {
    // Pressing twice while the first request is being sent does not set the control twice.
    if (isSending) return;
    setSending(true);
    try {
      const asked = { ...control, feature, why: why.current?.value.trim() ?? '' };
      await post<Pick<FeatureMessage, 'controls'>>('api/control', asked);
      // A form for another control that was opened meanwhile stays open.
      if (shown.current === control) leave();
      onSet();
    } catch (failure) {
      setError(messageOf(failure));
    } finally {
      setSending(false);
    }
  }

  return (
    <section class="actions" aria-label="Change what is routed" tabIndex={-1} ref={section}>
      <div class="buttons">
        {models.map(model => {
          const isOff = isSet('disabled', model);
          return (
            <button
              key={model}
              type="button"
              onClick={() => choose({ kind: 'disabled', subject: model, isSet: !isOff })}
            >
              Switch {isOff ? 'on' : 'off'} {model}
            </button>
          );
        })}
        {isSet('pinned', feature) ? (
          <button type="button" onClick={() => choose({ kind: 'pinned', subject: feature, isSet: false })}>
            Unpin
          </button>
        ) : (
          <select
            aria-label="Pin a plan"
            value={chosenIn('pinned')}
            onChange={({ currentTarget: { value: plan } }) =>
              choose(plan === '' ? undefined : { kind: 'pinned', subject: feature, isSet: true, plan })
            }
          >
            <option value="">Pin a plan …</option>
            {plans.map(({ plan, description }) => (
              <option key={plan} value={plan}>
                {description}
              </option>
            ))}
          </select>
        )}
        {isSet('holdout', feature) ? (
          <button type="button" onClick={() => choose({ kind: 'holdout', subject: feature, isSet: false })}>
            End the holdout
          </button>
        ) : (
          <select
            aria-label="Hold out 5 % for a model"
            value={chosenIn('holdout')}
            onChange={({ currentTarget: { value: plan } }) =>
              choose(
                plan === '' ? undefined : { kind: 'holdout', subject: feature, isSet: true, plan, fraction: HOLDOUT },
              )
            }
          >
            <option value="">Hold out 5 % …</option>
            {models.map(model => (
              <option key={model} value={model}>
                for {model}
              </option>
            ))}
          </select>
        )}
      </div>
      {wanted !== undefined && (
        <form
          class="confirm"
          aria-label="Confirm"
          onSubmit={event => {
            event.preventDefault();
            void confirm(wanted);
          }}
        >
          <p>Then {describeControl(wanted)}: in every process on this ledger, for new requests, until it is lifted.</p>
          <label>
            Why <input ref={why} maxLength={200} autocomplete="off" />
          </label>
          <div class="buttons">
            <button type="submit" aria-disabled={isSending}>
              Confirm
            </button>
            <button type="button" onClick={leave}>
              Cancel
            </button>
          </div>
          {error !== '' && (
            <p class="warn" role="alert">
              {error}
            </p>
          )}
        </form>
      )}
    </section>
  );
}

/** The fraction that the page offers; the command `holdout` accepts any other. */
const HOLDOUT = 0.05;
