import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'

const DEBIAN = '/usr/lib/postgresql'
/** PostgreSQL refuses to run as root. */
const SYSTEM_USER = 'postgres'
const START_MS = 20_000

/** Found in no log, whatever happens. */
export const DATABASE_PASSWORD = 'pa55-of-the-tests'

/** Where the programs of PostgreSQL lie; undefined where it is not installed. */
function programs(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...versions.map((version) => join(DEBIAN, version, 'bin')), '/usr/local/pgsql/bin', '/usr/bin']
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}

/** Path of one of them, e.g. `pg_isready`; undefined where there is none. */
export const postgresProgram = (name: string): string | undefined => {
  const path = join(programs() ?? '', name)
  return existsSync(path) ? path : undefined
}

/** Debian: apt install postgresql. */
export const hasPostgres = programs() !== undefined

/** A PostgreSQL of its own in a temporary folder, on a port of loopback. */
export class TestPostgres {
  readonly #folder: string
  readonly #port: number
  readonly #isDurable: boolean
  #server: ChildProcess | undefined
  #count = 0

  private constructor(folder: string, port: number, isDurable: boolean) {
    this.#isDurable = isDurable
    this.#folder = folder
    this.#port = port
  }

  /** @param options `isDurable`: flushes what it writes, as it does in earnest */
  static async start({ isDurable = false } = {}): Promise<TestPostgres> {
    const folder = mkdtempSync(join(tmpdir(), 'guoshen-postgres-'))
    const passwordFile = join(folder, 'password')
    writeFileSync(passwordFile, DATABASE_PASSWORD)
    for (const path of [folder, passwordFile]) {
      chmodSync(path, 0o700)
      const { uid, gid } = runAs()
      if (uid !== undefined) chownSync(path, uid, gid!)
    }
    const options = ['--auth=scram-sha-256', '--username=owner', `--pwfile=${passwordFile}`, '--no-sync', '-E', 'UTF8']
    execFileSync(join(programs()!, 'initdb'), ['-D', join(folder, 'db'), '--locale=C', ...options], {
      ...{ ...runAs(), cwd: folder, stdio: 'ignore' },
    })
    const postgres = new TestPostgres(folder, await freePort(), isDurable)
    await postgres.launch()
    return postgres
  }

  /** Of a database of its own, made anew. */
  async database(): Promise<string> {
    const name = `desk${++this.#count}`
    await this.run('postgres', `create database ${name}`)
    return this.urlOf(name)
  }

  urlOf(name: string, user = 'owner'): string {
    return `postgres://${user}:${DATABASE_PASSWORD}@127.0.0.1:${this.#port}/${name}`
  }

  async run(database: string, sql: string): Promise<readonly Record<string, unknown>[]> {
    const client = new Client({ connectionString: this.urlOf(database) })
    await client.connect()
    try {
      return (await client.query(sql)).rows
    } finally {
      await client.end()
    }
  }

  /** Starts the server, for the first time or after `crash`. */
  async launch(): Promise<void> {
    const address = ['listen_addresses=127.0.0.1', `port=${this.#port}`, 'unix_socket_directories=']
    // A kill of the server is tried, never one of the machine, so nothing has to be flushed.
    const settings = [...address, `fsync=${this.#isDurable ? 'on' : 'off'}`]
    const args = ['-D', join(this.#folder, 'db'), ...settings.flatMap((one) => ['-c', one])]
    this.#server = spawn(join(programs()!, 'postgres'), args, { ...runAs(), cwd: this.#folder, stdio: 'ignore' })
    const end = performance.now() + START_MS
    for (;;) {
      try {
        await this.run('postgres', 'select 1')
        return
      } catch (error) {
        if (performance.now() > end) throw error
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }

  /** Ends it in the middle of whatever it does. */
  async crash(): Promise<void> {
    const server = this.#server
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const gone = once(server, 'exit')
    // What PostgreSQL calls an immediate shutdown: no word to anybody, and recovery at the next start.
    server.kill('SIGQUIT')
    await gone
  }

  async stop(): Promise<void> {
    await this.crash()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function runAs(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = ['-u', '-g'].map((what) => Number(execFileSync('id', [what, SYSTEM_USER], { encoding: 'utf8' })))
  return { uid: uid!, gid: gid! }
}

/** One that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
