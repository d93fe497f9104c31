export interface PictureType {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'
  /** With the dot. */
  readonly extension: '.png' | '.jpg' | '.gif' | '.webp'
}

const startsWith = (bytes: Uint8Array, text: string, at = 0): boolean =>
  bytes.length >= at + text.length && [...text].every((char, index) => bytes[at + index] === char.charCodeAt(0))

/**
 * Tells a picture by its first bytes, because names and declared types are the sender's claim.
 *
 * @returns undefined for anything that a browser should not be handed as a picture
 */
export function pictureType(bytes: Uint8Array): PictureType | undefined {
  if (startsWith(bytes, '\x89PNG\r\n\x1a\n')) return { mediaType: 'image/png', extension: '.png' }
  if (startsWith(bytes, '\xff\xd8\xff')) return { mediaType: 'image/jpeg', extension: '.jpg' }
  if (startsWith(bytes, 'GIF8')) return { mediaType: 'image/gif', extension: '.gif' }
  if (startsWith(bytes, 'RIFF') && startsWith(bytes, 'WEBP', 8)) return { mediaType: 'image/webp', extension: '.webp' }
  return undefined
}
