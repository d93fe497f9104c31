import { nowInSeconds } from './random.js'

const FEED_KEY = 2 // the one of the four counters that the stand-in counts with

/** The client's bookmark in the feed, in the form it gets and gives back. */
export function syncKey(seq: number): { Count: number; List: { Key: number; Val: number }[] } {
  const List = [
    { Key: 1, Val: 700_000_001 },
    { Key: FEED_KEY, Val: seq },
    { Key: 3, Val: 700_000_003 },
    { Key: 1000, Val: nowInSeconds() - 60 },
  ]
  return { Count: List.length, List }
}

/** The same for the form that `synccheck` carries: `1_700000001|2_700000005|…`. */
export function seqOfText(key: string | null): number | undefined {
  const counter = key?.split('|').find((part) => part.startsWith(`${FEED_KEY}_`))
  return counter === undefined ? undefined : Number(counter.slice(counter.indexOf('_') + 1))
}

/** The feed number in a bookmark, or undefined when the client sent none. */
export function seqOf(
  key: { readonly List?: readonly { Key: number; Val: number }[] } | undefined,
): number | undefined {
  return key?.List?.find((counter) => counter.Key === FEED_KEY)?.Val
}
