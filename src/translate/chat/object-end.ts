/** Finds the end of a JSON object that arrives in pieces. */

const QUOTE = 34;
const BACKSLASH = 92;

/** A function that takes the next piece, and returns whether the object has ended. */
export function objectEnd(): (piece: string) => boolean {
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  let hasEnded = false;

  function take(code: number): void {
    if (isEscaped) isEscaped = false;
    else if (isInString && code === BACKSLASH) isEscaped = true;
    else if (code === QUOTE) isInString = !isInString;
    else if (!isInString) depth += DEPTHS[code] ?? 0;
  }

  return piece => {
    for (let index = 0; index < piece.length && !hasEnded; index++) {
      const before = depth;
      take(piece.charCodeAt(index));
      hasEnded = before === 1 && depth === 0;
    }
    return hasEnded;
  };
}

const DEPTHS: Readonly<Record<number, number>> = { 91: 1, 123: 1, 93: -1, 125: -1 };
