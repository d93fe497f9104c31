import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomFrom } from '../report/random.js'

export interface SyntheticGuides {
  /** One question a section, to be answered by `key`. */
  readonly questions: readonly { readonly text: string; readonly key: string }[]
}

const SECTIONS_PER_GUIDE = 100
const SEED = 20_261_123

const PRODUCTS =
  '积分商城 优惠券 会员等级 拼团活动 直播间 短视频 圈子 话题 私信 签到 抽奖 问答 活动报名 付费专栏 广告位 海报 短信通知 订阅消息 支付商户号 提现 发票 物流 库存 订单 售后单 客服坐席 数据报表 登录方式 实名认证 敏感词 举报 黑名单 置顶帖 定时任务 备份 域名 证书 对象存储 应用市场 推送证书'.split(
    ' ',
  )
const OBJECTS =
  '入口 模板 权限 规则 额度 有效期 排序 封面 通知 审核人 导出文件 回调地址 密钥 白名单 分组 标签 价格 头像 默认值 日志 接口 版本 语言 字体 颜色'.split(
    ' ',
  )
const ACTIONS = '开通 关闭 修改 查看 导入 导出 删除 恢复 绑定 解绑'.split(' ')
const PLACES = '后台首页 左侧菜单 设置页 应用中心 个人中心 右上角 列表最下面 弹出的窗口'.split(' ')
const OUTCOMES =
  '马上生效 第二天生效 需要重新登录 会通知所有成员 不能撤回 可以随时改回来 只对新用户有效 要等缓存过期'.split(' ')
const ASKINGS = ['%怎么弄', '请问%在哪里', '想问下%要怎么操作', '%不会弄', '我们的%一直不行怎么办']

/**
 * Writes so many made-up sections as guides into the folder, the same ones on every machine. They share all their words
 * with hundreds of others, which is as hard as it gets for a search.
 *
 * @param sectionCount at most 9,000
 */
export function writeSyntheticGuides(folder: string, sectionCount: number): SyntheticGuides {
  const random = randomFrom(SEED)
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)]!
  const topics = allTopics()
    .map((topic) => ({ ...topic, at: random() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, sectionCount)
  const questions: { text: string; key: string }[] = []
  mkdirSync(folder, { recursive: true })
  for (let start = 0; start < topics.length; start += SECTIONS_PER_GUIDE) {
    const number = start / SECTIONS_PER_GUIDE + 1
    const part = topics.slice(start, start + SECTIONS_PER_GUIDE)
    const head = `---\nid: synthetic-${number}\ntitle: 产品手册${number}\n---\n`
    const sections = part.map((topic, index) => sectionText(index + 1, topic, pick))
    writeFileSync(join(folder, `synthetic-${number}.md`), [head, ...sections].join('\n'))
    for (const [index, { product, object, action }] of part.entries()) {
      const text = pick(ASKINGS).replace('%', `${action}${product}${object}`)
      questions.push({ text, key: `synthetic-${number}/${index + 1}` })
    }
  }
  return { questions }
}

interface Topic {
  readonly product: string
  readonly object: string
  readonly action: string
}

const allTopics = (): readonly Topic[] =>
  PRODUCTS.flatMap((product) => OBJECTS.flatMap((object) => ACTIONS.map((action) => ({ product, object, action }))))

function sectionText(
  number: number,
  { product, object, action }: Topic,
  pick: (list: readonly string[]) => string,
): string {
  return `## ${number}、${product}的${object}如何${action}

${action}${product}的${object}，先到${pick(PLACES)}找到“${product}”。

1. 打开${product}，点${object}。
2. 选择${action}，再点确定，${pick(OUTCOMES)}。

如果在${pick(PLACES)}看不到${object}，说明没有${pick(OBJECTS)}，${pick(OUTCOMES)}。
`
}
