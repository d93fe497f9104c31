import { createHash } from 'node:crypto'

interface KeptText {
  readonly kept: string
  readonly text: string
}

/** Names of the intents folder's files that measure the bot and teach it nothing. */
export const MEASURES: ReadonlySet<string> = new Set(['held-out', 'golden', 'conversations'])

const isMeasure = ({ kept }: Pick<KeptText, 'kept'>): boolean =>
  kept.startsWith('intents/') && MEASURES.has(/([^/]+)\.ya?ml$/i.exec(kept)?.[1] ?? '')

/** Changes with every difference in what the bot is taught by these files. */
export function textsKey({
  guides,
  intents,
}: {
  readonly guides: readonly KeptText[]
  readonly intents: readonly KeptText[]
}): string {
  const hash = createHash('sha256')
  for (const { kept, text } of [...guides, ...intents].filter((file) => !isMeasure(file)))
    hash.update(`${kept}\n${text.length}\n${text}`)
  return hash.digest('hex')
}

/** What people read of it. */
export const versionOf = (key: string): string => key.slice(0, 8)
