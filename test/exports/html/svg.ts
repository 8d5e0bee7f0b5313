/** Reads plots back: elements with their attributes, and the scales that their grid lines show. */

export interface SvgElement {
  readonly tag: string;
  readonly text: string;
  number(attribute: string): number;
  attribute(name: string): string | undefined;
}

/** The elements with a tag, in order. */
export function elementsOf(svg: string, tag: string): readonly SvgElement[] {
  return [...svg.matchAll(new RegExp(`<${tag}( [^>]*?)?/?>([^<]*)`, 'g'))].map(([, attributes = '', text = '']) => {
    const attribute = (name: string): string | undefined => new RegExp(` ${name}="([^"]*)"`).exec(attributes)?.[1];
    return { tag, text, attribute, number: name => Number(attribute(name)) };
  });
}

/** Where the labelled values of each axis lie: vertical grid lines by the label below, horizontal ones by the label beside. */
export function gridOf(svg: string): {
  readonly x: ReadonlyMap<string, number>;
  readonly y: ReadonlyMap<string, number>;
} {
  const x = new Map<string, number>();
  const y = new Map<string, number>();
  for (const [, line = '', label = ''] of svg.matchAll(/(<line class="grid"[^>]*>)<text class="tick"[^>]*>([^<]*)/g)) {
    const [element] = elementsOf(line, 'line');
    if (element === undefined) continue;
    if (element.attribute('x1') === element.attribute('x2')) x.set(label, element.number('x1'));
    else y.set(label, element.number('y1'));
  }
  return { x, y };
}
