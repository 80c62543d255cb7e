type Child = Node | string | null;
type Properties = Readonly<Record<string, string | number | boolean | ((event: never) => void)>>;

/** Makes an element: properties that are functions are listeners, the rest attributes; text is always text. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name, value as EventListener);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function find<T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T | null {
  return within.querySelector<T>(selector);
}

export function all<T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T[] {
  return Array.from(within.querySelectorAll<T>(selector));
}

/** Runs when the page has nothing better to do, one task after the other. */
export function whenIdle(tasks: readonly (() => void)[]): void {
  const queue = [...tasks];
  const request =
    window.requestIdleCallback ??
    ((run: IdleRequestCallback) => setTimeout(() => run({ didTimeout: true, timeRemaining: () => 0 }), 1));
  const next = () => {
    queue.shift()?.();
    if (queue.length > 0) request(next, { timeout: 500 });
  };
  if (queue.length > 0) request(next, { timeout: 500 });
}
