import type { Person } from '../model/message.js'
import type { Log, Outgoing, PictureSource } from '../model/ports.js'
import type { Bubble } from '../model/reply.js'

type Picture = Extract<Outgoing, { kind: 'picture' }>

/**
 * Makes bubbles ready for the wire, one by one: a text is there at once, while all pictures are already on their way.
 * A picture that can't be had is left out.
 */
export function readyBubbles(
  bubbles: readonly Bubble[],
  asker: Person,
  parts: { readonly pictures: PictureSource; readonly log: Log },
): AsyncIterable<Outgoing> {
  return inOrder(
    bubbles.map((bubble) =>
      bubble.kind === 'picture'
        ? loadPicture(bubble.picture.path, parts)
        : { kind: 'text', text: bubble.text, ...(bubble.mention ? { mention: asker } : {}) },
    ),
  )
}

async function* inOrder(
  bubbles: readonly (Outgoing | Promise<Picture | undefined>)[],
): AsyncGenerator<Outgoing, undefined> {
  for (const bubble of bubbles) {
    const ready = await bubble
    if (ready) yield ready
  }
  return undefined
}

async function loadPicture(
  path: string,
  { pictures, log }: { readonly pictures: PictureSource; readonly log: Log },
): Promise<Picture | undefined> {
  try {
    const picture = await pictures.load(path)
    if (picture) return { kind: 'picture', path, ...picture }
    log.warn({ picture: path }, 'picture not found, sending the text alone')
  } catch (error) {
    // Nobody may be waiting for it yet, and a rejection that nobody waits for would end the bot.
    log.error({ picture: path, error: error instanceof Error ? error.message : String(error) }, 'picture not loaded')
  }
  return undefined
}
