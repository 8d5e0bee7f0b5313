/** A plot of the printed report, redrawn for its width on the page. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** @param props.draw the SVG as text for a width in pixels; all ledger content in it is escaped */
export function SvgFigure({ draw }: { readonly draw: (width: number) => string }): JSX.Element {
  const container = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const { current } = container;
    if (current === null) return undefined;
    const measure = (): void => setWidth(Math.floor(current.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  const html = width > 0 ? draw(width) : '';
  return <div class="svg-figure" ref={container} dangerouslySetInnerHTML={{ __html: html }} />;
}
