import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/**
 * Compiles a program of the tests once: hundreds of starts of a compiler would take longer than all its work.
 *
 * @param program without its ending, e.g. `test/support/write-tickets`
 * @param folder to compile into; must not exist
 * @returns path of the JavaScript file
 */
export function compileProgram(program: string, folder: string): string {
  mkdirSync(folder)
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const compilerOptions = { noEmit: false, noCheck: true, rootDir: ROOT, outDir: folder }
  const project = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions,
    include: [],
    files: [`${ROOT}/${program}.ts`],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project))
  execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder])
  return join(folder, `${program}.js`)
}
