/**
 * Shows progress of work that may take more than a second, on stderr: a bar on a terminal, a line every few seconds
 * elsewhere, nothing with `--json`. It draws when progress is reported, so it needs no timer.
 */

export interface ProgressOptions {
  /** The activity: `simulating`. */
  readonly label: string;
  /** Units in total; if it is unknown, only the count is shown. */
  readonly total?: number;
  /** Shows nothing at all. */
  readonly silent?: boolean | undefined;
  readonly stream?: ProgressStream;
  /** Milliseconds of a monotonic clock. */
  readonly clockMs?: () => number;
}

/** The stream to draw on; `process.stderr` has this shape. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  /** Adds `units` to the completed count. */
  advance(units?: number): void;
  /** Sets the completed count. */
  reach(units: number): void;
  /** Clears the bar. Later calls have no effect. */
  done(): void;
}

/** Work shorter than this shows no bar. */
const PATIENCE_MS = 1_000;
const BAR_EVERY_MS = 100;
const LINE_EVERY_MS = 5_000;
const BAR_WIDTH = 24;

export function startProgress(options: ProgressOptions): Progress {
  const { label, total, stream = process.stderr, clockMs = () => performance.now() } = options;
  const onTerminal = stream.isTTY === true;
  const startMs = clockMs();
  let lastMs = onTerminal ? startMs + PATIENCE_MS - BAR_EVERY_MS : startMs;
  let finished = 0;
  let ended = options.silent === true;
  let drawn = false;

  const draw = (nowMs: number): void => {
    const text = describeProgress({ label, total, finished, elapsedMs: nowMs - startMs, bar: onTerminal });
    if (onTerminal) stream.write(`\r\u001b[2K${text.slice(0, (stream.columns ?? 80) - 1)}`);
    else stream.write(`${text}\n`);
    drawn = true;
    lastMs = nowMs;
  };

  const reach = (units: number): void => {
    finished = units;
    if (ended) return;
    const nowMs = clockMs();
    if (nowMs - lastMs >= (onTerminal ? BAR_EVERY_MS : LINE_EVERY_MS)) draw(nowMs);
  };

  return {
    reach,
    advance: (units = 1) => reach(finished + units),
    done() {
      if (!ended && drawn && onTerminal) stream.write('\r\u001b[2K');
      ended = true;
    },
  };
}

interface ProgressState {
  readonly label: string;
  readonly total: number | undefined;
  readonly finished: number;
  readonly elapsedMs: number;
  readonly bar: boolean;
}

/** `simulating ████████░░░░ 3,000 of 9,000, 33 %, 12 s left` */
function describeProgress({ label, total, finished, elapsedMs, bar }: ProgressState): string {
  const count = finished.toLocaleString('en-US');
  if (total === undefined) return `${label} ${count}`;
  const fraction = total <= 0 ? 1 : Math.min(1, finished / total);
  const filled = Math.round(fraction * BAR_WIDTH);
  const drawing = bar ? `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ` : '';
  const leftMs = fraction > 0 ? (elapsedMs * (total - finished)) / finished : 0;
  const left = leftMs > 0 ? `, ${Math.ceil(leftMs / 1000)} s left` : '';
  return `${label} ${drawing}${count} of ${total.toLocaleString('en-US')}, ${Math.floor(fraction * 100)} %${left}`;
}
