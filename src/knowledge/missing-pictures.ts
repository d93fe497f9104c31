import type { Guide, Problem } from '../model/knowledge.js'

interface GuideText {
  readonly file: string
  readonly text: string
}

/** Paths of all pictures that the guides name, once each. */
export const picturePaths = (guides: readonly Guide[]): readonly string[] => [
  ...new Set(guides.flatMap(({ sections }) => sections.flatMap(picturesOf))),
]

/** Warns of pictures that nobody has: the reply would come without them. */
export function missingPictures(
  guides: readonly Guide[],
  { texts, missing }: { readonly texts: readonly GuideText[]; readonly missing: ReadonlySet<string> },
): readonly Problem[] {
  return guides.flatMap(({ file, sections }) => {
    const lines = texts.find((text) => text.file === file)?.text.split(/\r?\n/) ?? []
    return sections.flatMap((section) =>
      [...new Set(picturesOf(section))]
        .filter((path) => missing.has(path))
        .map((path): Problem => {
          const at = lines.findIndex((line) => line.includes(path))
          return {
            severity: 'warning',
            file,
            line: at < 0 ? section.line : at + 1,
            column: at < 0 ? 1 : lines[at]!.indexOf(path) + 1,
            message: `找不到图片 ${path}`,
            remedy: '放进指南文件夹的同一路径，或改成有的图片',
          }
        }),
    )
  })
}

const picturesOf = ({ parts }: Guide['sections'][number]): readonly string[] =>
  parts.flatMap(({ pictures }) => pictures.map(({ path }) => path))
