import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Asker, parseAskLine } from '../../src/cli/asker.js'
import { readConfig } from '../../src/config.js'
import { MONDAY_MS } from '../support/fixed-clock.js'
import { tempFolder } from '../support/temp-folder.js'

const HALF_MINUTE_MS = 30_000

/** Put to the bot by name, and then what is said in the group behind its reply. @returns the last reply, '' for silence */
async function hears(first: string, ...others: readonly string[]): Promise<string> {
  const asker = new Asker()
  await asker.start(readConfig({ GUOSHEN_DATA_DIR: join(tempFolder(), 'data') }))
  let reply = ''
  for (const [index, text] of [first, ...others].entries()) {
    const now = new Date(MONDAY_MS + index * HALF_MINUTE_MS).toISOString()
    const session = `${first} ${others.join(' ')}`
    const parsed = parseAskLine(
      JSON.stringify({ id: index, text, mentioned: index === 0, session, speaker: '甲', now }),
    )
    if (!parsed.ok) throw new Error(parsed.error)
    const { sent } = await asker.ask(parsed.line)
    reply = sent.map((bubble) => ('text' in bubble ? bubble.text : '')).join('\n')
  }
  return reply
}

test.each([
  ['被打回来了 帮看看呗', '哦 写的是头像不清晰无法识别', '清晰'],
  ['审核没通过', '名字带“星巴客”被卡了', '名'],
  ['被拒了怎么办', '说是有诱导分享', '分享'],
  ['审核没通过', '页面空白', '真实内容'],
  ['审核不通过啊 急急急', '就说咱们小程序里接了个AI助手能回答问题，缺类目', '深度合成'],
])('%s, and the bot has asked for the notice: %s is heard as the reason', async (first, reason, told) => {
  expect(await hears(first, reason)).toContain(told)
})

test.each(['截图我找找', '等下我问问同事', '我先去把空的都填上', '那我让技术把红包关了', '知道了', '服了'])(
  'there, what tells no reason is left alone: %s',
  async (remark) => {
    expect(await hears('被拒了怎么办', remark)).toBe('')
  },
)

test('no reason of the list is likelier than others before one is told', async () => {
  expect(await hears('被拒了怎么办', '图里有个微信的绿气泡 有影响没')).not.toContain('类目与内容不符')
  expect(await hears('被拒了怎么办', '嗯')).not.toContain('【驳回处理】')
})

test.each(['上线不着急 反正二审也得一个礼拜 我先去休年假', '老板：今天能上线不？我：能上天'])(
  'a remark is left alone among people: %s',
  async (remark) => {
    expect(await hears('今天天气真不错', remark)).toBe('')
  },
)

test.each(['找经理', '找技术', '找一下技术'])('nor is a call for a person taken for such a plan: %s', async (call) => {
  expect(await hears(call)).toContain('转人工')
})

test('a rule is told by its number beside a story', async () => {
  expect(await hears('星座运势频道 被说3.2.4 要怎么搞')).toContain('3.2.4 的意思是')
})

test('a question that is clear by itself is not lost beside another one', async () => {
  const reply = await hears('能加急吗 还有备案截图要盖章吗')
  expect(reply).toContain('不能加急')
  expect(reply).toContain('公章')
})
