import { expect, test } from 'vitest'
import { overviewPhrases } from '../../src/commands/phrases.js'
import type { LoginState } from '../../src/model/ports.js'

const NOTHING = { day: 0, answered: 0, offered: 0, handedOver: 0, silent: 0, orders: 0 }
const CALM = { isMinuteNear: false, isOverloaded: false }
const LOGIN = { status: 'logged-in', sinceMs: 0 } as const
const statusOn = (pinned: boolean, login: LoginState = LOGIN): string =>
  overviewPhrases.status({
    ...{ version: '1.0.0', upMs: 60_000, login, queueLength: 0, sending: CALM, today: NOTHING },
    knowledge: { version: 'abcd', sectionCount: 15, release: { number: 3, atMs: 0, pinned } },
    tickets: { opened: 0, open: 0, waiting: 0 },
  })

test('tells in the status that the bot stays where it was rolled back to', () => {
  expect(statusOn(true)).toMatch(/知识 发布 3.*\n回滚以后停在这里，发“重载”才用文件夹里的改动/)
  expect(statusOn(false)).not.toContain('回滚')
})

test('says on which network the account is', () => {
  expect(statusOn(false)).toContain('\n微信：已登录\n')
  expect(statusOn(false, { ...LOGIN, network: 'QQ' })).toContain('\nQQ：已登录\n')
  expect(statusOn(false, { ...LOGIN, status: 'kicked', network: 'QQ' })).toContain(
    '\nQQ：账号掉线，要在 QQ 端重新登录\n',
  )
})
