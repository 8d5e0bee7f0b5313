/** An operator's settings in words: the same for the commands and the dashboard. */
import { formatPercent } from './wording.ts';

/** A switched-off model, a pin or a holdout, set or removed. */
export interface OperatorSetting {
  readonly kind: 'disabled' | 'pinned' | 'holdout';
  readonly subject: string;
  readonly isSet: boolean;
  readonly plan?: string;
  readonly fraction?: number;
}

export function describeControl({ kind, subject, isSet, plan = '', fraction = 0 }: OperatorSetting): string {
  switch (kind) {
    case 'disabled':
      return `${subject} is switched ${isSet ? 'off' : 'on'}`;
    case 'pinned':
      return isSet ? `${subject} is pinned to ${plan}` : `${subject} is not pinned any more`;
    case 'holdout':
      if (!isSet) return `the holdout of ${subject} is the configured one again`;
      return `${formatPercent(fraction)} of the intents of ${subject} go to ${plan} as a baseline`;
  }
}
