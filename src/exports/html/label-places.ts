/** Places for the names of dots: beside their dots, inside the frame, and not on another name or dot. */

/** A name and its dot, pixels. */
export interface NamedDot {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Default 5. */
  readonly radius?: number;
}

/** Where a name is written. `isFar`: a line leads from the dot to it. */
export interface LabelPlace {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end';
  readonly isFar: boolean;
}

/** A rectangle, pixels. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Width of a character of the plots' font, pixels. */
const CHARACTER = 6.8;
const LINE = 14;
const RADIUS = 5;
/** A name may extend beyond the right edge of the frame by this many pixels. */
const SPARE = 12;

/** Longer names do not fit into a plot on a phone. */
const MAX_NAME = 24;

/** A name, shortened to fit into a plot. Tables and tooltips show the whole name. */
export function shortName(name: string): string {
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1)}…` : name;
}

/** Offsets, tried in this order for both sides: beside the dot, then further and further above and below it. */
const RISES = [4, -9, 17, -24, 32, -39, 47, -54, 62, -69, 77, -84, 92];

/**
 * The places of the names, in the order of the dots. If no place is free for a name, it gets the place that covers the least.
 *
 * @param obstacles other areas that a name should not cover
 */
export function labelPlaces(
  dots: readonly NamedDot[],
  frame: Box,
  obstacles: readonly Box[] = [],
): readonly LabelPlace[] {
  const taken = [
    ...dots.map(({ x, y, radius = RADIUS }) => {
      const half = radius + 2;
      return { left: x - half, right: x + half, top: y - half, bottom: y + half };
    }),
    ...obstacles,
  ];
  return dots.map(dot => {
    const candidates = RISES.flatMap(rise =>
      (['start', 'end'] as const).map((anchor): LabelPlace => {
        const isFar = Math.abs(rise) > 20;
        const distance = (dot.radius ?? RADIUS) + (isFar ? 9 : 5);
        return { x: dot.x + (anchor === 'start' ? distance : -distance), y: dot.y + rise, anchor, isFar };
      }),
    );
    const isOut = (place: LabelPlace): boolean => {
      const box = boxOf(place, dot.name);
      return box.left < frame.left || box.right > frame.right + SPARE || box.top < 0 || box.bottom > frame.bottom;
    };
    const cost = (place: LabelPlace): number => {
      const box = boxOf(place, dot.name);
      return (isOut(place) ? 1e9 : 0) + taken.reduce((sum, other) => sum + overlap(box, other), 0);
    };
    const places = candidates.every(isOut) ? candidates.map(place => moveInside(place, dot.name, frame)) : candidates;
    const best = places.find(place => cost(place) === 0) ?? places.toSorted((a, b) => cost(a) - cost(b))[0];
    const place = best as LabelPlace;
    taken.push(boxOf(place, dot.name));
    return place;
  });
}

/** A name that is wider than the space on either side of its dot is written above or below the dot. */
function moveInside(place: LabelPlace, name: string, frame: Box): LabelPlace {
  const { left, right } = boxOf(place, name);
  const move = left < frame.left ? frame.left - left : Math.min(0, frame.right + SPARE - right);
  return { ...place, x: place.x + move };
}

function boxOf({ x, y, anchor }: LabelPlace, name: string): Box {
  const width = name.length * CHARACTER;
  const left = anchor === 'start' ? x : x - width;
  return { left, right: left + width, top: y - LINE + 3, bottom: y + 3 };
}

function overlap(a: Box, b: Box): number {
  const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return wide > 0 && high > 0 ? wide * high : 0;
}
