import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readLanguage } from '../../src/knowledge/intents.js'
import { compileLanguage } from '../../src/model/language.js'

const FOLDER = join(import.meta.dirname, '../../intents/language')

/** What stands in `intents/language/`, compiled. */
export const LANGUAGE = compileLanguage(
  Object.fromEntries(
    readdirSync(FOLDER).flatMap((file) => {
      const source = { file: `language/${file}`, text: readFileSync(join(FOLDER, file), 'utf8') }
      const { content } = readLanguage(source, file.replace('.yaml', ''))
      return content.kind === 'language' ? [[content.theme, content.groups]] : []
    }),
  ),
)
