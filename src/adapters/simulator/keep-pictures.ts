import { type PictureHeader, readPictureHeader } from '../files/picture-header.js'

export interface Picture extends PictureHeader {
  readonly bytes: Uint8Array
}

export interface PictureShelf {
  /** @throws Error when the bytes are no PNG, JPEG, GIF or WebP */
  put(messageId: string, bytes: Uint8Array): void
  get(messageId: string): Picture | undefined
  drop(messageId: string): void
}

const SHELF_BYTES = 64 * 1024 * 1024 // a dozen of the largest uploads; the bot's own illustrations are far smaller

/** Keeps the newest pictures, at most `maxBytes` together. */
export function keepPictures(maxBytes = SHELF_BYTES): PictureShelf {
  // A Map keeps insertion order, so its first key is the oldest picture.
  const shelf = new Map<string, Picture>()
  let keptBytes = 0
  const drop = (messageId: string): void => {
    keptBytes -= shelf.get(messageId)?.bytes.length ?? 0
    shelf.delete(messageId)
  }
  return {
    put(messageId, bytes) {
      const type = readPictureHeader(bytes)
      if (!type) throw new Error('these bytes are no picture')
      shelf.set(messageId, { ...type, bytes })
      keptBytes += bytes.length
      for (const oldest of shelf.keys()) {
        if (keptBytes <= maxBytes || oldest === messageId) break
        drop(oldest)
      }
    },
    get: (messageId) => shelf.get(messageId),
    drop,
  }
}
