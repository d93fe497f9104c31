/** Words by the symbols that they are made of: all that begin at one place of a text are found in one go. */
export interface TrieNode<T> {
  /** By symbol: a character's code, or the number of a sound. */
  readonly next: Map<number, TrieNode<T>>
  /** Of the words that end here. */
  readonly ends: T[]
}

export const newTrie = <T>(): TrieNode<T> => ({ next: new Map(), ends: [] })

/** @param end what is to be found where the word ends */
export function insert<T>(root: TrieNode<T>, symbols: Iterable<number>, end: T): void {
  let node = root
  for (const symbol of symbols) {
    let child = node.next.get(symbol)
    if (!child) {
      child = newTrie()
      node.next.set(symbol, child)
    }
    node = child
  }
  node.ends.push(end)
}
