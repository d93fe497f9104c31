import { access } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'

interface PictureFolders {
  readonly knowledgeDir: string
  readonly illustrationsDir: string
}

/** Those of the pictures that lie neither in the guide's folder nor among our illustrations. */
export async function absentPictures(
  paths: readonly string[],
  { knowledgeDir, illustrationsDir }: PictureFolders,
): Promise<ReadonlySet<string>> {
  const absent = new Set<string>()
  for (const path of paths) {
    const places = [join(resolve(knowledgeDir), path), join(illustrationsDir, basename(path))]
    const isThere = await Promise.any(places.map((place) => access(place))).then(
      () => true,
      () => false,
    )
    if (!isThere) absent.add(path)
  }
  return absent
}
