/** Switches, pins and a holdout, where the reader's role may set them: what it does is said before it is done. */
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
  const why = useRef<HTMLInputElement>(null);
  const isSet = (kind: Wanted['kind'], subject: string): boolean =>
    controls.set.some(control => control.kind === kind && control.subject === subject);
  const models = [...new Set(plans.flatMap(({ nodes }) => nodes.map(({ node }) => modelOfNode(node))))];

  async function confirm(control: Wanted): Promise<void> {
    try {
      const asked = { ...control, feature, why: why.current?.value.trim() ?? '' };
      await post<Pick<FeatureMessage, 'controls'>>('api/control', asked);
      setWanted(undefined);
      setError('');
      onSet();
    } catch (failure) {
      setError(messageOf(failure));
    }
  }

  return (
    <section class="actions" aria-label="Change what is routed">
      <div class="buttons">
        {models.map(model => {
          const isOff = isSet('disabled', model);
          return (
            <button
              key={model}
              type="button"
              onClick={() => setWanted({ kind: 'disabled', subject: model, isSet: !isOff })}
            >
              Switch {isOff ? 'on' : 'off'} {model}
            </button>
          );
        })}
        {isSet('pinned', feature) ? (
          <button type="button" onClick={() => setWanted({ kind: 'pinned', subject: feature, isSet: false })}>
            Unpin
          </button>
        ) : (
          <select
            aria-label="Pin a plan"
            value=""
            onChange={({ currentTarget: { value } }) => {
              if (value !== '') setWanted({ kind: 'pinned', subject: feature, isSet: true, plan: value });
            }}
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
          <button type="button" onClick={() => setWanted({ kind: 'holdout', subject: feature, isSet: false })}>
            End the holdout
          </button>
        ) : (
          <select
            aria-label="Hold out 5 % for a model"
            value=""
            onChange={({ currentTarget: { value } }) => {
              if (value !== '')
                setWanted({ kind: 'holdout', subject: feature, isSet: true, plan: value, fraction: HOLDOUT });
            }}
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
            <button type="submit">Confirm</button>
            <button type="button" onClick={() => setWanted(undefined)}>
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

/** The fraction that the page offers; the command `holdout` sets any other. */
const HOLDOUT = 0.05;
