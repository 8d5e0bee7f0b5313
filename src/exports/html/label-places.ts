/** Places for the names of dots: beside their dots, inside the frame, and on no other name or dot. */

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

/** Of the plots' font. */
const CHARACTER = 6.8;
const LINE = 14;
const RADIUS = 5;

/** Longer names run out of a plot of a phone's width. */
const MAX_NAME = 24;

/** A name as a plot has room for. Tables and tooltips have all of it. */
export function shortName(name: string): string {
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1)}…` : name;
}

/** Tried in this order for both sides: beside the dot, then ever further above and below it. */
const RISES = [4, -9, 17, -24, 32, -39, 47, -54, 62, -69, 77, -84, 92];

/**
 * In the order of the dots. A name for which no place is free has the one with the least under it.
 *
 * @param obstacles what else a name should not lie on
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
    const cost = (place: LabelPlace): number => {
      const box = boxOf(place, dot.name);
      const isOut = box.left < frame.left || box.right > frame.right + 12 || box.top < 0 || box.bottom > frame.bottom;
      return (isOut ? 1e9 : 0) + taken.reduce((sum, other) => sum + overlap(box, other), 0);
    };
    const best = candidates.find(place => cost(place) === 0) ?? candidates.toSorted((a, b) => cost(a) - cost(b))[0];
    const place = best as LabelPlace;
    taken.push(boxOf(place, dot.name));
    return place;
  });
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
