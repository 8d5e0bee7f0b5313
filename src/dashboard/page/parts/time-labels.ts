/** Labels of a time axis in UTC, as coarse as its ticks: days, hours or minutes. */
import { dayWords } from '../../../core/report/period-words.ts';
import { formatMoment } from '../../../core/report/wording.ts';

const DAY_S = 86_400;

/** @param ticks seconds since the epoch */
export function timeLabels(ticks: readonly number[]): readonly string[] {
  const areDays = ticks.every(tick => tick % DAY_S === 0);
  const isOneDay = new Set(ticks.map(tick => Math.floor(tick / DAY_S))).size <= 1;
  return ticks.map(tick => {
    const clock = formatMoment(tick * 1000).slice(11);
    if (areDays) return dayOf(tick);
    return isOneDay || tick % DAY_S !== 0 ? clock : dayOf(tick);
  });
}

/** The start of a step: `6 Nov`, with the time where steps are shorter than a day. */
export function stepLabel(at: number, widthS: number): string {
  return widthS >= DAY_S ? dayOf(at) : `${dayOf(at)} ${formatMoment(at * 1000).slice(11)}`;
}

function dayOf(at: number): string {
  return dayWords(at * 1000).slice(0, -5);
}
