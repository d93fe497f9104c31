import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

export interface LookedAfter {
  readonly dataDir: string
  /** Where it holds secrets; undefined: it may be read by anybody. */
  readonly secretFile?: string | undefined
}

const OTHERS_WRITE = 0o022
const OTHERS_AT_ALL = 0o077
const OTHERS_READ = 0o044

/**
 * What other users of the machine may do with the bot's files, and the command that mends it; for the operator, in
 * Chinese. Who can write into the data folder can make themselves admin; who can read it has the account.
 */
export function openToOthers({ dataDir, secretFile }: LookedAfter): readonly string[] {
  if (process.platform === 'win32') return [] // no such rights there
  const warnings: string[] = []
  if (allows(dataDir, OTHERS_WRITE)) {
    warnings.push(
      `数据目录 ${dataDir} 别的用户也能写：能往里放文件，就能当管理员。请运行：chmod go-w ${quoted(dataDir)}`,
    )
  }
  const open = filesOf(dataDir).filter((name) => allows(join(dataDir, name), OTHERS_AT_ALL))
  if (open.length > 0) {
    warnings.push(
      `数据目录里的 ${open.join('、')} 别的用户也能读写，里面有客户的话和微信登录。请运行：chmod -R go-rwx ${quoted(dataDir)}`,
    )
  }
  if (secretFile !== undefined && allows(secretFile, OTHERS_READ)) {
    warnings.push(`${secretFile} 里有口令或 webhook 地址，别的用户也能读。请运行：chmod 600 ${quoted(secretFile)}`)
  }
  return warnings
}

const allows = (path: string, mode: number): boolean =>
  ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & mode) !== 0

const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map(({ name }) => name)

const quoted = (path: string): string => `'${resolve(path).replaceAll("'", "'\\''")}'`
