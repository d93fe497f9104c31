import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../../src/config.js'
import { postgresProgram, TestPostgres } from '../support/postgres.js'
import { tempFolder } from '../support/temp-folder.js'

/** What can be said of the compose files where there is no Docker: that each part of them fits the others, and us. */

const ROOT = join(import.meta.dirname, '../..')

interface Service {
  readonly image?: string
  readonly build?: string
  readonly command?: readonly string[]
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly condition: string }>>
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly secrets?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes?: Readonly<Record<string, null>>
  readonly secrets?: Readonly<Record<string, { readonly file: string }>>
}

const read = (file: string): Compose => parse(readFileSync(join(ROOT, file), 'utf8'), { merge: true }) as Compose
const DOCKERFILE = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
const KEYS_OF_A_FILE = /^(?:services|volumes|secrets|x-[a-z]+)$/
/** Of the compose specification, as far as we use it. */
const KEYS_OF_A_SERVICE = new Set([
  ...['image', 'build', 'command', 'restart', 'stop_grace_period', 'depends_on', 'environment', 'ports', 'volumes'],
  ...['secrets', 'healthcheck', 'mac_address'],
])

/** The environment of a container of ours, secrets and all, as it would find it. */
function environmentOf({ environment = {}, secrets = [] }: Service): NodeJS.ProcessEnv {
  const folder = tempFolder()
  const shown: Record<string, string> = {
    database_url: 'postgres://desk:5eed@db/desk',
    web_token: 'a-token-of-32-characters-or-so-12',
  }
  for (const name of secrets) writeFileSync(join(folder, name), shown[name] ?? '', { mode: 0o600 })
  const env = Object.entries(environment).map(([name, value]) => [
    name,
    value.replace(/^\/run\/secrets\//, `${folder}/`).replace(/^\$\{(\w+):\?.*\}$/, 'of-the-shell'),
  ])
  const ofImage = /^ENV (.*)$/m
    .exec(DOCKERFILE)![1]!
    .split(' ')
    .map((pair) => pair.split('='))
  return { GUOSHEN_CONFIG: '', ...Object.fromEntries(ofImage), ...Object.fromEntries(env) }
}

const ours = ({ services }: Compose) => Object.entries(services).filter(([, { build }]) => build !== undefined)
const overrides = ({ command = [] }: Service) => {
  const channel = command[command.indexOf('--channel') + 1]
  return command.includes('--channel') ? { channel } : {}
}

describe.each(['compose.yaml', 'compose.napcat.yaml'])('%s', (file) => {
  const compose = read(file)

  test('has no key that compose does not know, and names nothing that is not there', () => {
    expect(Object.keys(compose).filter((key) => !KEYS_OF_A_FILE.test(key))).toEqual([])
    for (const [name, service] of Object.entries(compose.services)) {
      expect([name, Object.keys(service).filter((key) => !KEYS_OF_A_SERVICE.has(key))]).toEqual([name, []])
      const others = Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {})
      for (const other of others) expect(Object.keys(compose.services)).toContain(other)
      for (const volume of service.volumes ?? [])
        expect(Object.keys(compose.volumes ?? {})).toContain(volume.split(':')[0])
      for (const secret of service.secrets ?? []) expect(Object.keys(compose.secrets ?? {})).toContain(secret)
      // Nothing is open to the network of the machine.
      for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
    }
    const open = Object.values(compose.services).flatMap(({ ports = [] }) => ports.map((port) => port.split(':')[1]))
    expect(new Set(open).size).toBe(open.length)
  })

  test('gives each bot a configuration that it starts with', () => {
    for (const [, service] of ours(compose)) {
      const env = environmentOf(service)
      const config = readConfig(env, overrides(service))
      expect(config.dataDir).toBe('/app/data')
      for (const volume of service.volumes ?? []) expect(volume).toMatch(/:\/app\/data$/)
      for (const port of service.ports ?? []) expect(Number(port.split(':')[2])).toBe(config.web.port)
      // What is published by a port has to be listened to from outside the container.
      expect(config.web.host).toBe(service.ports ? '0.0.0.0' : '127.0.0.1')
    }
  })

  test('sets nothing that the bot does not read', () => {
    /** The configuration, or why there is none. */
    const outcome = (env: NodeJS.ProcessEnv, service: Service): unknown => {
      try {
        return readConfig(env, overrides(service))
      } catch (error) {
        return String(error)
      }
    }
    for (const [, service] of ours(compose)) {
      for (const name of Object.keys(service.environment ?? {})) {
        const env = environmentOf(service)
        const changed = outcome({ ...env, [name]: 'another-one' }, service)
        expect([name, changed]).not.toEqual([name, outcome(env, service)])
      }
    }
  })

  test('starts what the image has', () => {
    for (const [, { command = ['node', 'dist/main.js'] }] of ours(compose)) {
      expect(command[0]).toBe('node')
      expect(existsSync(join(ROOT, command[1]!.replace(/^dist\/(.*)\.js$/, 'src/$1.ts')))).toBe(true)
    }
  })
})

test('accounts of compose.yaml are different ones, and their staff groups too', () => {
  const configs = ours(read('compose.yaml')).map(([, service]) => readConfig(environmentOf(service)))
  expect(new Set(configs.map(({ account }) => account)).size).toBe(3)
  expect(new Set(configs.flatMap(({ rooms }) => rooms.staffRoom ?? [])).size).toBe(2)
  expect(new Set(configs.map(({ store }) => store.url)).size).toBe(1)
  expect(configs.map(({ puppet }) => puppet)).toEqual(['wechat4u', 'wechat4u', 'simulator'])
})

test('QQ is looked for where NapCat is told to listen', () => {
  const compose = read('compose.napcat.yaml')
  const [[, bot]] = ours(compose) as [[string, Service]]
  const { onebot, channel } = readConfig(environmentOf(bot), overrides(bot))
  expect(channel).toBe('onebot')
  const { hostname, port } = new URL(onebot.url!)
  expect(Object.keys(compose.services)).toContain(hostname)
  expect(readFileSync(join(ROOT, 'compose.napcat.yaml'), 'utf8')).toContain(`on 0.0.0.0:${port} `)
})

test('the database’s health command says yes to a database that is up, and no to one that is not', {
  skip: postgresProgram('pg_isready') === undefined,
}, async () => {
  const [how, command] = read('compose.yaml').services.db!.healthcheck!.test as [string, string]
  expect(how).toBe('CMD-SHELL')
  const postgres = await TestPostgres.start()
  const { port } = new URL(postgres.urlOf('postgres'))
  const words = command.split(' ')
  expect(words[0]).toBe('pg_isready')
  const ask = () =>
    execFileSync(postgresProgram('pg_isready')!, words.slice(1), {
      env: { PGHOST: '127.0.0.1', PGPORT: port },
      stdio: 'pipe',
    })
  expect(ask().toString()).toContain('accepting connections')
  await postgres.stop()
  expect(ask).toThrow()
})

test('the image’s health command is one that the build brings', () => {
  const [, command] = /HEALTHCHECK[^\n]*\\\n\s*CMD (\[.*\])/.exec(DOCKERFILE)!
  expect(JSON.parse(command!)).toEqual(['node', 'dist/cli/admin.js', '--health'])
  expect(existsSync(join(ROOT, 'src/cli/admin.ts'))).toBe(true)
})
