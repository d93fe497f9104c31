import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ENVIRONMENT, holdsSecrets, PROJECT_ROOT, readConfig, readConfigOfRun } from '../src/config.js'
import { ConfigError } from '../src/errors.js'
import { tempFolder } from './support/temp-folder.js'

// A developer's own configuration in the project folder must not be read here.
const before = process.cwd()
beforeAll(() => process.chdir(tmpdir()))
afterAll(() => process.chdir(before))

function configFile(text: string): { readonly path: string; readonly env: NodeJS.ProcessEnv } {
  const path = join(tempFolder(), 'guoshen.yaml')
  writeFileSync(path, text)
  return { path, env: { GUOSHEN_CONFIG: path } }
}

function problemsOf(env: NodeJS.ProcessEnv, overrides?: Record<string, unknown>): readonly string[] {
  try {
    readConfig(env, overrides)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  throw new Error('the configuration was taken')
}

test('needs no configuration at all', () => {
  expect(readConfig({})).toMatchObject({
    puppet: 'simulator',
    dataDir: 'data',
    knowledge: { dir: join(PROJECT_ROOT, 'knowledge'), intentsDir: join(PROJECT_ROOT, 'intents'), docsSite: null },
    rooms: { serve: ['*'], staffRoom: null },
    staff: { names: [] },
    admin: { remarks: ['管理员'] },
    conversation: { cooldownSeconds: 180, offerMinutes: 10, timelineMinutes: 60 },
    web: { port: 3100 },
    log: { level: 'info' },
  })
  expect(existsSync(join(readConfig({}).knowledge.dir, 'fasttest.md'))).toBe(true)
})

test.each(['', '# nothing yet\n', '\ufeff', '---\n'])('takes the file %j as "all defaults"', (text) => {
  expect(readConfig(configFile(text).env)).toEqual(readConfig({}))
})

test('takes what the file says and keeps the other defaults', () => {
  const { env } = configFile('rooms:\n  serve: ["*售后*", 内测群]\nadmin: { remarks: [老徐] }\nweb: { port: 0 }\n')
  expect(readConfig(env)).toMatchObject({
    rooms: { serve: ['*售后*', '内测群'], staffRoom: null },
    admin: { remarks: ['老徐'] },
    web: { port: 0 },
    puppet: 'simulator',
  })
})

test('lets the environment override the file, and the command line both', () => {
  const { env } = configFile('puppet: from-file\ndataDir: from-file\nweb: { port: 1 }\nlog: { level: debug }\n')
  const fromEnvironment = {
    ...env,
    GUOSHEN_PUPPET: 'from-env',
    GUOSHEN_WEB_PORT: '8080',
    GUOSHEN_STAFF_ROOM: '值班',
    GUOSHEN_DOCS_SITE: 'https://docs.example.com',
  }
  expect(readConfig(fromEnvironment, { puppet: 'from-command-line', dataDir: undefined })).toMatchObject({
    puppet: 'from-command-line',
    dataDir: 'from-file',
    web: { port: 8080 },
    rooms: { staffRoom: '值班' },
    knowledge: { docsSite: 'https://docs.example.com' },
    log: { level: 'debug' },
  })
})

test('reads every variable that it names', () => {
  const values: Readonly<Record<string, string>> = {
    GUOSHEN_WEB_HOST: '127.0.0.3',
    GUOSHEN_WEB_PORT: '1234',
    GUOSHEN_WEB_TOKEN: '0123456789abcdefghijklmn',
    GUOSHEN_LOG_LEVEL: 'error',
    GUOSHEN_DOCS_SITE: 'http://127.0.0.1:4000',
    GUOSHEN_DATABASE_URL: 'postgres://desk:secret@127.0.0.1/desk?sslmode=verify-full',
    GUOSHEN_WEB_PUBLIC_URL: 'https://bot.example.com',
    GUOSHEN_READ_PICTURES: 'false',
    GUOSHEN_MODEL_URL: 'http://127.0.0.1:11434/v1',
    GUOSHEN_CHANNEL: 'wechaty',
    GUOSHEN_ONEBOT_URL: 'ws://127.0.0.1:3001',
  }
  // These two go together.
  const model = { GUOSHEN_MODEL_URL: 'http://127.0.0.1:1/v1', GUOSHEN_MODEL_NAME: 'some' }
  for (const [name, keys] of Object.entries(ENVIRONMENT)) {
    if (name === 'GUOSHEN_WEBHOOKS') continue // a list
    const value = values[name] ?? `from-${name}`
    const found = keys.reduce<unknown>(
      (inner, key) => (inner as Record<string, unknown>)[key],
      readConfig({ ...(name.startsWith('GUOSHEN_MODEL') && model), [name]: value }),
    )
    expect(String(found)).toBe(value)
  }
})

test('refuses what is no database or no name of an account, without showing a password', () => {
  expect(
    problemsOf({ GUOSHEN_DATABASE_URL: 'mysql://desk:secret@127.0.0.1/desk', GUOSHEN_ACCOUNT: 'two words' }),
  ).toEqual([
    'GUOSHEN_ACCOUNT account: 最多 30 个字，不能有空格和 #',
    'GUOSHEN_DATABASE_URL store.url: 应该是 postgres:// 开头的网址',
  ])
})

test('wants the address of a model and its name, or neither', () => {
  expect(problemsOf({ GUOSHEN_MODEL_URL: 'http://127.0.0.1:11434/v1' }).join()).toContain('GUOSHEN_MODEL_NAME')
  expect(problemsOf({ GUOSHEN_MODEL_NAME: 'qwen3' }).join()).toContain('GUOSHEN_MODEL_URL')
  expect(problemsOf({ GUOSHEN_MODEL_URL: 'localhost', GUOSHEN_MODEL_NAME: 'qwen3' })).toEqual([
    'GUOSHEN_MODEL_URL secondOpinion.url: 应该是 http:// 或 https:// 开头的网址',
  ])
  expect(problemsOf({ GUOSHEN_READ_PICTURES: 'yes' })).toEqual([
    'GUOSHEN_READ_PICTURES pictures.read: 应该是 true 或 false',
  ])
})

test('reads the list of robots from a variable', () => {
  const url = 'https://robots.example.com/hook'
  const webhooks = [{ kind: 'json', url }]
  expect(readConfig({ GUOSHEN_WEBHOOKS: JSON.stringify(webhooks) }).alerts.webhooks).toEqual(webhooks)
  expect(readConfig({ GUOSHEN_WEBHOOKS: `- kind: json\n  url: ${url}\n` }).alerts.webhooks).toEqual(webhooks)
  expect(problemsOf({ GUOSHEN_WEBHOOKS: 'nonsense' })).toEqual([
    'GUOSHEN_WEBHOOKS alerts.webhooks: 应该是列表，例如 ["甲", "乙"]',
  ])
})

describe('a variable that names a file', () => {
  const TOKEN = 'from-a-file-0123456789ab'
  const file = (text: string): string => configFile(text).path

  test('is read from it, without the line end that editors leave', () => {
    expect(readConfig({ GUOSHEN_WEB_TOKEN_FILE: file(`${TOKEN}\n`) }).web.token).toBe(TOKEN)
    const hooks = file('- { kind: feishu, url: "https://robots.example.com/1", secret: s }\n')
    expect(readConfig({ GUOSHEN_WEBHOOKS_FILE: hooks }).alerts.webhooks).toHaveLength(1)
  })

  test('is told where it is missing or holds something wrong, and the variable itself comes first', () => {
    expect(problemsOf({ GUOSHEN_WEB_TOKEN_FILE: '/nowhere' })).toEqual([
      expect.stringContaining('/nowhere 读不了（ENOENT）'),
    ])
    expect(problemsOf({ GUOSHEN_WEB_TOKEN_FILE: file('short') })).toEqual([
      expect.stringContaining('GUOSHEN_WEB_TOKEN web.token'),
    ])
    expect(readConfig({ GUOSHEN_WEB_TOKEN: TOKEN, GUOSHEN_WEB_TOKEN_FILE: '/nowhere' }).web.token).toBe(TOKEN)
  })
})

test('knows whether secrets stand in the file itself', () => {
  const text =
    'web: { token: "0123456789abcdefghijklmn" }\nalerts: { webhooks: [{ kind: json, url: "https://a.example/1" }] }'
  const config = readConfig(configFile(text).env)
  expect(holdsSecrets(config, text)).toBe(true)
  expect(holdsSecrets(config, 'alerts: { webhooks: [{ kind: json, url: "https://a.example/1" }] }')).toBe(true)
  expect(holdsSecrets(config, 'puppet: wechat4u')).toBe(false)
  expect(holdsSecrets(readConfig({}), '')).toBe(false)
})

test('takes an empty variable for none', () => {
  expect(readConfig({ GUOSHEN_PUPPET: '', GUOSHEN_WEB_PORT: '', GUOSHEN_DOCS_SITE: '' })).toEqual(readConfig({}))
})

test('reports every mistake at once, each with its key and where it was written', () => {
  const { path, env } = configFile(
    [
      'pupet: simulator',
      'knowledge: { docsSite: "ftp://docs.example.com" }',
      'rooms: { serve: [], staffRoom: "" }',
      'admin: { remarks: 管理员 }',
      'conversation: { cooldownSeconds: -1, offerMinutes: soon, timelineMinute: 5 }',
      'log: { level: loud }',
    ].join('\n'),
  )
  const problems = problemsOf({ ...env, GUOSHEN_WEB_PORT: '65536' })
  for (const [key, source] of [
    ['pupet', path],
    ['knowledge.docsSite', path],
    ['rooms.serve', path],
    ['rooms.staffRoom', path],
    ['admin.remarks', path],
    ['conversation.cooldownSeconds', path],
    ['conversation.offerMinutes', path],
    ['timelineMinute', path],
    ['log.level', path],
    ['web.port', 'GUOSHEN_WEB_PORT'],
  ] as const) {
    expect(problems.filter((line) => line.startsWith(source) && line.includes(key))).not.toEqual([])
  }
  expect(problems).toHaveLength(10)
})

test.each(['eighty', '80.5', '-1', '70000', '0x'])('refuses %s as a port', (port) => {
  expect(problemsOf({ GUOSHEN_WEB_PORT: port })).toEqual([expect.stringMatching(/^GUOSHEN_WEB_PORT web\.port: /)])
})

test.each([
  ['rooms:\n  serve: 售后群\n', ':2:10 rooms.serve: 应该是列表，例如 ["甲", "乙"]'],
  ['# ours\npupet: wechat4u\n', ':2:1 不认识“pupet”，是不是“puppet”？'],
  ['web:\n  prot: 80\n', ':2:3 不认识“prot”，是不是“port”？'],
  ['web:\n  port: 70000\n', ':2:9 web.port: 最大是 65535'],
  ['sending: { gapSeconds: fast }\n', ':1:24 sending.gapSeconds: 应该是数字，用半角写'],
  ['desk:\n  holidays: ["2027/1/1"]\n', ':2:14 desk.holidays.0: 应该写成 "2027-01-01" 这样的日期'],
  ['desk:\n  people: [{ name: 陈工, weekday: [1] }]\n', ':2:24 不认识“weekday”，写法见 guoshen.example.yaml'],
  ['web：\n  port: 80\n', ':1:4 冒号是全角的 → 写成“web: ”，半角冒号后面空一格'],
])('tells the place in the file, what is wrong and what would be right: %j', (text, said) => {
  const { path, env } = configFile(text)
  expect(problemsOf(env)).toEqual([`${path}${said}`])
})

const TOKEN = 'Wh3r-7nobody-Guesses-it.'

test.each([
  ['0.0.0.0', undefined],
  ['::', undefined],
  ['192.168.1.5', undefined],
  ['bot.example.com', undefined],
  ['0.0.0.0', 'tooshort'],
  ['0.0.0.0', 'with blanks, but long enough'],
])('does not open the page to other machines (%s) with %s for a token', (host, token) => {
  const problems = problemsOf({ GUOSHEN_WEB_HOST: host, ...(token && { GUOSHEN_WEB_TOKEN: token }) })
  expect(problems).toEqual([expect.stringMatching(/web\.token: .*口令/)])
  if (token) expect(problems[0]).not.toContain(token)
})

test.each(['127.0.0.1', '127.0.0.2', 'localhost', '::1'])('needs no token on %s', (host) => {
  expect(readConfig({ GUOSHEN_WEB_HOST: host }).web).toMatchObject({ host, token: null })
})

test('opens the page with a token, and to a proxy only with one', () => {
  const env = { GUOSHEN_WEB_HOST: '0.0.0.0', GUOSHEN_WEB_TOKEN: TOKEN }
  expect(readConfig(env).web).toMatchObject({ host: '0.0.0.0', token: TOKEN, trustProxy: false })
  expect(problemsOf(configFile('web: { trustProxy: true }\n').env)).toEqual([expect.stringContaining('反向代理')])
})

test('does not let a variable cover up a mistake in the file', () => {
  const { env } = configFile('rooms: 售后群\n')
  expect(problemsOf({ ...env, GUOSHEN_STAFF_ROOM: '值班' })).toEqual([expect.stringContaining('rooms')])
})

test.each([
  ['no mapping', '- a\n- b\n'],
  ['bare text', 'simulator\n'],
  ['broken YAML', 'rooms: [\n'],
  ['a key twice', 'puppet: a\npuppet: b\n'],
  ['an alias', 'admin: &a { remarks: [老徐] }\nstaff: *a\n'],
  ['two documents', 'puppet: a\n---\npuppet: b\n'],
  ['a tab for a blank', 'rooms:\n\tserve: [a]\n'],
])('refuses a file with %s by its name', (_what, text) => {
  const { path, env } = configFile(text)
  expect(problemsOf(env)[0]).toContain(path)
})

test('refuses a file that is named but not there, and a folder', () => {
  const folder = tempFolder()
  expect(problemsOf({ GUOSHEN_CONFIG: join(folder, 'none.yaml') })[0]).toMatch(/none\.yaml.*GUOSHEN_CONFIG/)
  mkdirSync(join(folder, 'folder.yaml'))
  expect(problemsOf({ GUOSHEN_CONFIG: join(folder, 'folder.yaml') })[0]).toContain('folder.yaml')
})

test.each([
  ['has a key that nobody knows', 'roms: {}\n'],
  ['is half written', 'rooms: { serve: ['],
  ['is empty', ''],
])('goes on with the last good configuration where the file %s at a restart', (_what, text) => {
  const { env, path } = configFile(text)
  const last = 'dataDir: as-before\n'
  const again = { ...env, GUOSHEN_LAST_CONFIG: last }
  expect(readConfigOfRun(again)).toMatchObject({
    ...{ config: { dataDir: 'as-before' }, text: last },
    notice: expect.stringContaining(`${path} 现在不能用，这次重启先用上次的配置`),
  })
  expect(again).toEqual(env) // what it holds goes to no other process
})

test('takes a good edit at a restart, and no mistake at a start', () => {
  const good = configFile('dataDir: edited\n')
  const taken = readConfigOfRun({ ...good.env, GUOSHEN_LAST_CONFIG: 'dataDir: as-before\n' })
  expect(taken).toEqual({ config: expect.objectContaining({ dataDir: 'edited' }), text: 'dataDir: edited\n' })
  expect(() => readConfigOfRun(configFile('roms: {}\n').env)).toThrow(ConfigError)
})

test('refuses a last configuration that this version no longer takes', () => {
  const { env } = configFile('roms: {}\n')
  expect(() => readConfigOfRun({ ...env, GUOSHEN_LAST_CONFIG: 'rums: {}\n' })).toThrow(ConfigError)
})

describe('QQ', () => {
  const URL = 'ws://127.0.0.1:3001'

  test('is chosen by the command line, by the environment, or by its address alone', () => {
    const env = { GUOSHEN_ONEBOT_URL: URL, GUOSHEN_ONEBOT_TOKEN: 'abc' }
    expect(readConfig(env, { channel: 'onebot' })).toMatchObject({
      channel: 'onebot',
      onebot: { url: URL, token: 'abc' },
    })
    expect(readConfig({ ...env, GUOSHEN_CHANNEL: 'onebot' }).channel).toBe('onebot')
    expect(readConfig(configFile(`onebot: { url: "${URL}" }\n`).env).channel).toBe('onebot')
    expect(readConfig(configFile(`onebot: { url: "${URL}" }\n`).env, { puppet: 'wechat4u' }).channel).toBe('wechaty')
    expect(readConfig(configFile(`puppet: wechat4u\nonebot: { url: "${URL}" }\n`).env).channel).toBe('wechaty')
  })

  test('names colleagues and admins by number, in a list alone too', () => {
    const { env } = configFile('staff: [qq:30003]\nadmin: ["qq:10001"]\n')
    expect(readConfig(env)).toMatchObject({ staff: { names: ['qq:30003'] }, admin: { remarks: ['qq:10001'] } })
  })

  test('talks slower than on WeChat, unless it is told otherwise', () => {
    const { env } = configFile(`onebot: { url: "${URL}" }\nsending: { perMinute: 30 }\n`)
    expect(readConfig(env).sending).toMatchObject({
      gapSeconds: 1.5,
      perPlaceMinute: 8,
      perMinute: 30,
      backOffHours: 0.5,
    })
    expect(readConfig({}).sending).toMatchObject({ gapSeconds: 1, perPlaceMinute: 12, perMinute: 25, backOffHours: 2 })
  })

  test.each<[string, string]>([
    ['http://127.0.0.1:3001', '应该是 ws:// 或 wss:// 开头的地址，例如 ws://127.0.0.1:3001'],
    ['127.0.0.1:3001', '应该是 ws:// 或 wss:// 开头的地址，例如 ws://127.0.0.1:3001'],
    ['ws://127.0.0.1:3001/?access_token=x', '口令不要写在地址里，请写到 onebot.token 或 GUOSHEN_ONEBOT_TOKEN'],
    ['ws://me:x@127.0.0.1:3001', '口令不要写在地址里，请写到 onebot.token 或 GUOSHEN_ONEBOT_TOKEN'],
    ['ws://127.0.0.1:3001/event', '要用能同时收发的地址，请去掉结尾的 /api 或 /event'],
    ['ws://127.0.0.1:3001/#x', '地址里不能有 #'],
  ])('says what is wrong with %s', (url, problem) => {
    expect(problemsOf({ GUOSHEN_ONEBOT_URL: url }, { channel: 'onebot' })).toEqual([
      `GUOSHEN_ONEBOT_URL onebot.url: ${problem}`,
    ])
  })

  test('needs an address, a channel that there is, and no puppet beside it', () => {
    expect(problemsOf({}, { channel: 'onebot' })).toEqual([
      expect.stringMatching(/^onebot\.url: 接 QQ 要写.*GUOSHEN_ONEBOT_URL$/),
    ])
    expect(problemsOf({}, { channel: 'qq' })[0]).toMatch(/channel: 只能是 wechaty、onebot/)
    expect(problemsOf({}, { channel: 'onebot', puppet: 'wechat4u' })[0]).toMatch(
      /^--channel onebot 和 --puppet 只能写一个/,
    )
    expect(problemsOf({ GUOSHEN_ONEBOT_URL: URL, GUOSHEN_ONEBOT_TOKEN: '口 令' })[0]).not.toContain('口 令')
  })
})
