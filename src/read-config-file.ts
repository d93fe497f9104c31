import { existsSync, readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { configPhrases as say } from './config-phrases.js'
import { ConfigError } from './errors.js'
import { formatProblem } from './knowledge/format-problems.js'
import { readYaml } from './knowledge/yaml-document.js'

export interface ConfigFile {
  /** As written, unchecked. */
  readonly values: Record<string, unknown>
  /** Where a key stands, e.g. `guoshen.yaml:4:3`; the nearest place above it where it is missing. */
  placeOf(path: readonly PropertyKey[], part?: 'key' | 'value'): string
}

/** Reads the configuration file; none is an empty one. @throws ConfigError when it can't be read or is no YAML mapping */
export function readConfigFile(path: string): ConfigFile {
  if (!existsSync(path)) return { values: {}, placeOf: () => path }
  const text = readText(path)
  // Its words and places are for people; its values are strings only, which is not what a configuration wants.
  const { value, problems, locate } = readYaml({ file: path, text })
  if (problems.length > 0) throw new ConfigError(problems.map(formatProblem))
  const isEmpty = value === null || value === ''
  if (!isEmpty && (typeof value !== 'object' || Array.isArray(value))) throw new ConfigError([say.noMapping(path)])
  const values = isEmpty ? {} : parseDocument(text.replace(/^\uFEFF/, '')).toJS({ maxAliasCount: 0 })
  return {
    values,
    placeOf: (keys, part) => {
      const { line, column } = locate(keys, part)
      return `${path}:${line}:${column}`
    },
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError([say.unreadable(path, (error as NodeJS.ErrnoException).code)])
  }
}
