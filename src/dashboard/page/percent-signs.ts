/** In every text of the page, the space before a percent sign does not break: `89.2 %` stays on one line. */
import type { ComponentChildren, VNode } from 'preact';
import { Fragment, options } from 'preact';

/** Called once, before anything is drawn. Code and captured texts keep their spaces. */
export function keepPercentSigns(): void {
  options.vnode = ({ type, props }: VNode<{ children?: ComponentChildren }>) => {
    if ((typeof type === 'string' && type !== 'pre' && type !== 'code') || type === Fragment)
      props.children = unbroken(props.children);
  };
}

function unbroken(children: ComponentChildren): ComponentChildren {
  if (typeof children === 'string') return children.replaceAll(/(?<=\d) %/g, '\u00A0%');
  return Array.isArray(children) ? children.map(unbroken) : children;
}
