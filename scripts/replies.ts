import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Asker } from '../src/cli/asker.js'
import { readConfig } from '../src/config.js'

/**
 * `npm run replies`: writes what customers read on the likeliest questions to `docs/replies.md`; `--check` only compares
 * it, exit code 1 where it is no longer current.
 */
export const REPLIES_FILE = join(import.meta.dirname, '../docs/replies.md')

/** On a fixed day, so that days that are reckoned stay the same. */
const NOW = '2026-11-30T10:00:00'

/** Lines that begin with `>` go on with the talk above. */
const QUESTIONS = `## 一句话的事实
服务类目选哪个啊
个人主体能选社区吗
备案截图要盖章不
> 那复印件盖哪个章
ICP备案查询网站是哪个
域名备案是我个人的，小程序是公司的，行不行
能加急吗
第二次提审还要7天吗
改了个图标还要再审7天吗
类目一个月能改几次
审核团队选有还是没有
要不要填测试账号密码
页面空的能提审吗
微信审过了，网信那边还要几天
审核要多久
国庆节算不算在7天里
头像要多大
## 怎么做
提审的时候弹出UGC说明要怎么填
怎么提交审核
社区论坛那个资质怎么弄
用户隐私保护协议怎么填
我有个服务号了，怎么快速注册小程序
在哪里加服务类目
发布按钮在哪
版本描述和备注怎么写
## 类目和资质
卖奶粉要什么资质
积分商城选哪个类目
个人能卖衣服吗
短视频要什么类目
医疗健康类目要什么资质
卖二手车选哪个类目
## 驳回
被驳回了怎么办
审核没通过，帮忙看下是什么原因
审核未通过：1、小程序涉及用户自行生成内容，未接入内容安全API；2、页面存在测试数据
小程序涉及提供食品销售，请补充商家自营-食品饮料类目
小程序页面内容为空，请完善后重新提交
账号主体未完成认证
> 还是没懂
二审没过怎么办
涉及政治敏感被驳回了
## 日子
我上周三提审的，什么时候能上线
> 那要是被驳回了呢
今天提审，国庆前能上线吗
第八天了还没消息
二审期间能改类目吗
撤回重提会怎样
## 指南外
微信支付怎么开通
发票怎么开
小程序被封了怎么办
备案还没好能提审吗
小程序备案和ICP备案是一回事吗
认证费多少钱
名称审核没过怎么办
附近的小程序怎么开
H5能提审吗
## 说话
你好
谢谢
过了！
转人工
你们几点上班
客服电话多少
什么破机器人`

interface Section {
  readonly title: string
  /** Each a talk of one or more lines. */
  readonly talks: readonly (readonly string[])[]
}

function readQuestions(): readonly Section[] {
  const sections: { title: string; talks: string[][] }[] = []
  for (const line of QUESTIONS.split('\n')) {
    if (line.startsWith('## ')) sections.push({ title: line.slice(3), talks: [] })
    else if (line.startsWith('> ')) sections.at(-1)?.talks.at(-1)?.push(line.slice(2))
    else sections.at(-1)?.talks.push([line])
  }
  return sections
}

const quoted = (text: string): string =>
  text
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n>\n')

/** The whole of the document, from the knowledge as it stands. */
export async function renderReplies(): Promise<string> {
  const asker = new Asker()
  // Nothing of what this machine's bot was taught.
  const dataDir = await mkdtemp(join(tmpdir(), 'replies-'))
  await asker.start(readConfig({ GUOSHEN_DATA_DIR: dataDir }))
  const parts: string[] = []
  let talk = 0
  for (const { title, talks } of readQuestions()) {
    parts.push(`## ${title}`)
    for (const lines of talks) {
      talk++
      for (const text of lines) {
        const line = { id: talk, text, mentioned: true, role: 'customer', speaker: '王老板' } as const
        const { sent } = await asker.ask({ ...line, session: `talk-${talk}`, now: NOW })
        const said = sent.map((bubble) => (bubble.kind === 'picture' ? `〔图片 ${bubble.path}〕` : bubble.text))
        parts.push(`**${text}**`, said.length === 0 ? '（不说话）' : quoted(said.join('\n')))
      }
    }
  }
  await rm(dataDir, { recursive: true, force: true })
  return [
    '# 客户会读到什么',
    '最常见的六十来个问题，点名问机器人，2026 年 11 月 30 日上午。由 `npm run replies` 写成；改了知识或回复的话，就再写一遍。',
    ...parts,
    '',
  ].join('\n\n')
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
  const text = await renderReplies()
  if (!values.check) await writeFile(REPLIES_FILE, text)
  else if ((await readFile(REPLIES_FILE, 'utf8')) !== text) {
    console.error('docs/replies.md 不是最新的，请运行 npm run replies')
    process.exitCode = 1
  }
}
