import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * `npx tsx scripts/vendor-page.ts`: copies what the page uses of others from the installed packages into
 * `public/vendor`, so that it runs without a build step and fetches nothing from elsewhere.
 */
const require = createRequire(import.meta.url)
const packages = join(import.meta.dirname, '..', 'node_modules')
const read = (...path: readonly string[]): string => readFileSync(join(packages, ...path), 'utf8')
const versionOf = (name: string): string => (JSON.parse(read(name, 'package.json')) as { version: string }).version

/** File below `public/vendor` → what stands in it. */
export function vendored(): Readonly<Record<string, string>> {
  const preact = read('htm', 'preact', 'standalone.module.js')
  const uplot = read('uplot', 'dist', 'uPlot.iife.min.js')
  return {
    'preact.js': `/* htm ${versionOf('htm')} with Preact. Licences: public/vendor/LICENSES.txt */\n${preact}`,
    'uplot.js': `/* uPlot ${versionOf('uplot')}. Licence: public/vendor/LICENSES.txt */\n${uplot}\nexport default uPlot\n`,
    'uplot.css': `/* uPlot ${versionOf('uplot')}. Licence: public/vendor/LICENSES.txt */\n${read('uplot', 'dist', 'uPlot.min.css')}`,
    'LICENSES.txt': ['htm', 'preact', 'uplot']
      .map((name) => `${name} ${versionOf(name)}\n\n${read(name, 'LICENSE')}`)
      .join('\n\n----\n\n'),
  }
}

if (process.argv[1] === import.meta.filename) {
  const folder = join(dirname(require.resolve('../package.json')), 'public', 'vendor')
  for (const [name, text] of Object.entries(vendored())) writeFileSync(join(folder, name), text)
}
