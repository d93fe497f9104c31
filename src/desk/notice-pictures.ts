import type { HeardPicture } from '../model/message.js'
import type { NoticePicture } from '../model/ports.js'

const MAX_PICTURES = 3
const ENDINGS: Readonly<Record<HeardPicture['mime'], string | undefined>> = {
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/gif': '.gif',
  // Shown as a file that no phone opens.
  'image/webp': undefined,
}

/** The asker's last pictures as staff get to see them, oldest first; what is no longer in memory is left out. */
export function noticePictures(heard: readonly (HeardPicture | undefined)[]): readonly NoticePicture[] {
  const kept = heard.flatMap((picture): readonly NoticePicture[] => {
    const bytes = picture?.bytes()
    const ending = picture && ENDINGS[picture.mime]
    return bytes && ending ? [{ bytes, fileName: `picture${ending}` }] : []
  })
  return kept.slice(-MAX_PICTURES)
}
