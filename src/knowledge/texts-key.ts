import { createHash } from 'node:crypto'

interface KeptText {
  readonly kept: string
  readonly text: string
}

/** Files that measure the bot and teach it nothing. */
export const isMeasure = ({ kept }: Pick<KeptText, 'kept'>): boolean =>
  /^intents\/(?:.*\/)?(?:golden|held-out|conversations)\.ya?ml$/i.test(kept)

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
