export type Node = unknown
export function html(strings: TemplateStringsArray, ...values: unknown[]): any
export function h(type: unknown, props: unknown, ...children: unknown[]): any
export function render(node: unknown, into: Element): void
export function useState<T>(first: T | (() => T)): [T, (next: T | ((before: T) => T)) => void]
export function useReducer<T, A>(step: (state: T, action: A) => T, first: T): [T, (action: A) => void]
export function useEffect(act: () => void | (() => void), inputs?: readonly unknown[]): void
export function useLayoutEffect(act: () => void | (() => void), inputs?: readonly unknown[]): void
export function useRef<T>(first: T): { current: T }
export function useMemo<T>(make: () => T, inputs: readonly unknown[]): T
export function useCallback<T>(act: T, inputs: readonly unknown[]): T
