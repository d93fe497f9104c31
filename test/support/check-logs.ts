import { afterAll, expect } from 'vitest'
import { BotProcess } from './fake-weixin/bot-process.js'
import { FakeWeixin } from './fake-weixin/fake-weixin.js'
import { leaksIn } from './log-leaks.js'
import { OneBotStandIn } from './onebot/stand-in.js'

/** Set by tests that log in to the page; not to be found in any log. */
export const PAGE_TOKEN = 'page-token-of-the-e2e-tests'

/** For every file of end-to-end tests: nothing that any bot has printed meanwhile tells names, texts or secrets. */
afterAll(() => {
  const weixins = FakeWeixin.started.splice(0)
  const secrets = weixins.flatMap(({ logins }) =>
    logins.all.flatMap(({ sid, skey, passTicket, dataTicket, authTicket }) => [
      ...[sid, skey, dataTicket, authTicket],
      ...[passTicket, decodeURIComponent(passTicket)],
    ]),
  )
  const qqs = OneBotStandIn.started.splice(0)
  const words = [...weixins, ...qqs].flatMap(({ spoken }) => spoken)
  const tokens = qqs.flatMap(({ options }) => options.token ?? [])
  const leaks = BotProcess.started
    .splice(0)
    .flatMap(({ output }) => leaksIn(output, { secrets: [...secrets, ...tokens, PAGE_TOKEN], words }))
  expect(leaks).toEqual([])
})
