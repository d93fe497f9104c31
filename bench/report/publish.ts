import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../../src/config.js'
import { replaceSection } from './replace-section.js'

const REPORT = join(PROJECT_ROOT, 'docs/benchmarks.md')

/** Prints a result and keeps it in docs/benchmarks.md, between the markers of that name. */
export function publish(name: string, content: string): void {
  const dated = `${circumstances()}\n\n${content}`
  console.log(dated)
  writeFileSync(REPORT, replaceSection(readFileSync(REPORT, 'utf8'), name, dated))
}

function circumstances(): string {
  const day = new Date().toISOString().slice(0, 10)
  return `${day}, Node ${process.versions.node}, ${availableParallelism()} cores, ${process.platform} ${process.arch}.`
}
