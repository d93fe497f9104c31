import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { LivingBot } from '../support/living-bot.js'

const HEARS_AGAIN_MS = 30_000
const GONE = 2 ** 22 - 1 // no process has that number
const CALL_OF_MOONS = '\u{1f31a} \u{1f31a}'.repeat(3)

/** What no run may have printed, and what it must not have asked for. */
function expectDiscretion({ output, secrets, wx }: LivingBot): void {
  expect(secrets.filter((secret) => output.includes(secret))).toEqual([])
  expect(output).not.toMatch(/wxsid=|webwx_data_ticket=|webwx_auth_ticket=/)
  expect(wx.journal.requests.filter(({ name }) => name === 'webwxlogout')).toEqual([])
  expect(wx.violations).toEqual([])
}

const linesOf = (output: string): readonly string[] => output.split('\n').filter((line) => line.startsWith('{"level"'))

// Each test has a world of its own and mostly waits.
describe('the bot stays alive', { concurrent: true, timeout: 300_000 }, () => {
  it.for([150, 71, 40, 9, 4])('through an outage of %i s', async (seconds, test) => {
    const living = await LivingBot.begin(test)
    const linesBefore = linesOf(living.output).length
    await living.wx.outage()
    await sleep((seconds * 1000) / 2)
    const cpuBefore = living.cpuSeconds()
    await sleep((seconds * 1000) / 2)
    // No hot loop, only a probe now and then; a start takes some seconds of CPU.
    if (seconds > 70) expect(living.cpuSeconds() - cpuBefore).toBeLessThan(seconds / 10)
    const lines = linesOf(living.output).slice(linesBefore)
    await living.wx.restore()
    await living.hears(HEARS_AGAIN_MS)
    expect(living.wx.logins.all).toHaveLength(1)
    expect(lines.length).toBeLessThan(15)
    expectDiscretion(living)
  })

  it('where packets vanish for a while', async (test) => {
    const living = await LivingBot.begin(test)
    living.wx.faults.add({ path: '*', times: -1, action: 'hang' })
    living.wx.inject({ from: 'li', text: '这一条只用来结束正在进行的轮询' })
    await sleep(45_000)
    living.wx.faults.clear()
    await living.hears(HEARS_AGAIN_MS)
    expect(living.output).toMatch(/"reason":"no successful poll for 4\d s"/) // long before the request's own time-out
    expect(living.wx.logins.all).toHaveLength(1)
    expectDiscretion(living)
  })

  it('after crashes and kills, without a scan', async (test) => {
    const living = await LivingBot.begin(test)
    expect((await living.health()).status).toBe(200)
    const { pid } = await living.running()

    // This one is survived, and wechat4u would print it whole.
    process.kill(pid, 'SIGWINCH')
    await living.until(
      () => /"a bug of the puppet".*"error within the puppet/.test(living.output),
      'the error to be told',
    )
    process.kill(pid, 'SIGUSR2')
    await living.online({ inits: 2 })
    expect(living.output).toMatch(/"error":"a bug of ours","at":"crash-on-signal.cjs:\d+:\d+","msg":"crashed"/)
    expect(living.output).not.toContain('leaked')

    process.kill((await living.running()).pid, 'SIGKILL')
    await living.online({ inits: 3 })
    await living.hears(HEARS_AGAIN_MS)
    const metrics = await (await fetch(new URL('/metrics', (await living.running()).url))).text()
    expect(metrics).toMatch(/^guoshen_restarts 2$/m)
    expect(metrics).toMatch(/^guoshen_queue_length 0$/m)
    expect(metrics).toMatch(/^guoshen_decisions_total\{kind="answer"\} [1-9]/m)
    expect(living.wx.logins.all).toHaveLength(1)
    expectDiscretion(living)
  })

  it('across a stop by signal, a killed supervisor, a wiped card and a cut one', async (test) => {
    const living = await LivingBot.begin(test)
    const first = living.process
    process.kill(first.pid!, 'SIGTERM')
    expect(await first.waitExit()).toEqual({ code: 0, signal: null })
    expect(first.processes()).toEqual([])

    const second = living.launch()
    await living.online({ inits: 2 })
    expect(second.output).not.toMatch(/请用微信扫码登录/)
    const tooMany = living.launch()
    expect(await tooMany.waitExit()).toEqual({ code: 1, signal: null })
    expect(tooMany.output).toContain(`进程 ${second.pid}，`)

    process.kill(second.pid!, 'SIGKILL')
    writeFileSync(living.dataFile(`tickets.json.${GONE}.tmp`), '{')
    const third = living.launch() // while the bot of the killed supervisor is still ending
    await living.online({ inits: 3 })
    await living.until(() => second.processes().length === 0, 'the bot to end with its supervisor')
    expect(existsSync(living.dataFile(`tickets.json.${GONE}.tmp`))).toBe(false)
    expect(third.output).toContain('还没有指定值班群')
    third.kill('SIGKILL')
    await third.waitExit()

    expect([living.card, living.card.replace('.json', '.copy.json')].map(modeOf)).toEqual([0o600, 0o600])
    const session = readFileSync(living.card, 'utf8')
    for (const [inits, damaged] of [
      [4, '{}'],
      [5, session.slice(0, 500)],
    ] as const) {
      writeFileSync(living.card, damaged)
      const run = living.launch()
      await living.online({ inits })
      expect(run.output).toMatch(/login card restored from its copy/)
      run.kill('SIGKILL')
      await run.waitExit()
    }
    expect(living.wx.logins.all).toHaveLength(1)
    expectDiscretion(living)
  })

  it('when the way to WeChat is broken at the start', async (test) => {
    const living = await LivingBot.begin(test)
    await living.process.stop()
    await living.wx.outage()
    living.launch()
    await living.process.waitOutput(/waiting for the network/, 60_000)
    expect(await living.becomes('reconnecting')).toMatchObject({ status: 503 })
    // A gateway that is there before WeChat is: wechat4u would log the session out.
    living.wx.faults.add({ path: 'webwxinit', action: 'status', status: 502 })
    await living.wx.restore()
    await living.hears(HEARS_AGAIN_MS)
    expect(living.wx.logins.all).toHaveLength(1)
    expectDiscretion(living)
  })

  it('kicked: asks for one scan, with one alert and one all-clear, and hears the same groups again', async (test) => {
    const living = await LivingBot.begin(test)
    const { wx, inbox } = living
    // What could not be said meanwhile is told there, too.
    const kicks = () => inbox.received.filter(({ about }) => about === 'kicked')
    wx.inject({ from: 'li', text: CALL_OF_MOONS })
    await living.hears(HEARS_AGAIN_MS)
    // Nobody can log the bot out by a message; a run that is ending may still have answered.
    expect(living.output).not.toContain('"msg":"ending"')
    expect(wx.session!.inits).toBe(1)

    wx.options.autoScan = false
    wx.kick(1101)
    await wx.waitQr(60_000)
    expect(await living.becomes('kicked')).toMatchObject({ status: 503 })
    await living.until(() => kicks().length > 0, 'the alert')
    expect(kicks()[0]!.text).toMatch(/登录已失效[\s\S]*怎么办[\s\S]*http:\/\/127\.0\.0\.1:\d+/)
    wx.qrCodes.scan()
    wx.qrCodes.confirm()
    await living.online({ after: 1 })
    await living.until(() => kicks().length > 1, 'the all-clear')
    wx.inject({ from: 'li', room: 'g1', text: '{@bot}首次审核一共要多久' })
    expect(await wx.waitSent({ to: 'g1', waitMs: 20_000 })).not.toEqual([])
    expect(kicks().map(({ status }) => status)).toEqual(['alert', 'all-clear'])

    // Thrown out while it was not running: the card is refused, and must not be tried for ever.
    await living.process.stop()
    wx.kick(1102)
    living.launch()
    await wx.waitQr(60_000)
    expect(await living.becomes('kicked')).toMatchObject({ status: 503 })
    expect(living.process.output).toMatch(/login card set aside/)
    await living.until(() => kicks().length > 2, 'the second alert')
    expect(kicks().map(({ status }) => status)).toEqual(['alert', 'all-clear', 'alert'])
    expectDiscretion(living)
  })
})

const modeOf = (path: string): number => statSync(path).mode & 0o777
