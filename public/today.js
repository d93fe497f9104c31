import { Top } from './app.js'
import { Broken, Chip, Empty, Icon, Spark } from './parts.js'
import { live, me, useData } from './store.js'
import { html, useEffect } from './vendor/preact.js'
import { clock, dayTime, loginWords, nowWords, spanWords, waitWords } from './words.js'

const REDRAW_MS = 30_000

/** @param {{ name: string, head: any, status: any }} props */
export default function Today({ name, head, status }) {
  const { data, error, reload } = useData('/api/today', ['ticket', 'unanswered', 'status'])
  useEffect(() => {
    const timer = setInterval(() => void reload(), REDRAW_MS)
    let soon = 0
    const end = live.on('talk', () => {
      clearTimeout(soon)
      soon = window.setTimeout(() => void reload(), 500)
    })
    return () => {
      clearInterval(timer)
      clearTimeout(soon)
      end()
    }
  }, [])
  const fact = nowWords(Date.now())
  if (!data)
    return html`<main class="view"><${Top} name=${name} fact=${fact} head=${head} />${error ? html`<${Broken} error=${error} retry=${reload} />` : html`<div class="page" aria-busy="true"></div>`}</main>`
  const { figures } = data
  return html`<main class="view"><${Top} name=${name} fact=${fact} head=${head} />
    <div class="page">
      <div class="hero"><p>${dayTime(data.sinceMs)} 下班到现在，机器人答了 <b>${figures.answered}</b> 次，没打扰人 <b>${figures.silent}</b> 次；${figures.waiting > 0 ? html`<em>${figures.waiting} 位客户</em>在等您的同事。` : '没有客户在等。'}</p>
        ${data.duty.length > 0 && html`<small class="wide">值班：${data.duty.join('、')}</small>`}</div>
      <div class="today-columns">
        <div>
          ${data.todo && html`<${Todo} todo=${data.todo} />`}
          <${Tiles} data=${data} />
          <${Stacked} days=${data.days} />
        </div>
        <div>
          ${
            data.machine &&
            html`<section class="card"><h2>机器 ${me.may('admin') && html`<a class="more-link" href="#/machine">详情</a>`}</h2>
            <dl class="facts">
              <dt>登录</dt><dd>${status?.simulated ? '微信模拟' : loginWords(data.machine.login, status?.network, status?.trouble).word}</dd>
              <dt>最近收到消息</dt><dd>${data.machine.lastHeardAgoMs === null ? '还没有' : `${spanWords(data.machine.lastHeardAgoMs)}前`}</dd>
              <dt>待发</dt><dd>${data.machine.queueLength ?? 0} 条</dd>
              ${data.machine.today && html`<dt>今天已发</dt><dd>${data.machine.today.used} / ${data.machine.today.cap}</dd>`}
              <dt>知识</dt><dd>${data.machine.release ? `发布 ${data.machine.release}` : data.machine.knowledgeVersion}${data.machine.golden ? ` · 必答题 ${data.machine.golden.right}/${data.machine.golden.total}` : ''}</dd>
            </dl>
            ${(data.incidents ?? []).map((/** @type {any} */ one) => html`<p class="incident"><b>同一个驳回，${one.groups} 个群都碰到了</b>“${one.words}”，48 小时内${one.sectionKey && html` <a href=${`#/talks?section=${one.sectionKey}`}>看这些对话</a>`}</p>`)}</section>`
          }
          ${
            data.live &&
            html`<section class="card"><h2>刚刚 <a class="more-link" href="#/talks">全部对话</a></h2>
            <ul class="live-list" id="just-now">${data.live.map((/** @type {any} */ talk) => html`<li key=${talk.messageId}><a href=${`#/talks/${encodeURIComponent(talk.messageId)}`}><span class="talk-who"><b>${talk.who.name}</b>${talk.placeName || '私聊'}<time>${clock(talk.atMs)}</time></span><span class="one-line">${talk.text ?? '原文不在了'}</span></a><${Chip} talk=${talk} /></li>`)}</ul>
            ${data.live.length === 0 && html`<${Empty} title="还没有消息。" />`}</section>`
          }
        </div>
      </div>
    </div>
  </main>`
}

/** What has to be done, urgent first; a row goes when it is. @param {{ todo: any[] }} props */
function Todo({ todo }) {
  return html`<section class="card" aria-live="polite"><h2>要您处理 ${todo.length > 0 && html`<small class="muted">　${todo.length} 件，按急的排</small>`}</h2>
    <ul class="todo" id="todo">${todo.map((one) => {
      const { icon, tone, title, evidence, href, button } = todoWords(one)
      return html`<li data-todo=${one.kind}><span class="todo-icon" data-tone=${tone}><${Icon} name=${icon} /></span><div><b>${title}</b><p class="one-line">${evidence}</p></div>${href && html`<a class=${`button ${tone === 'red' ? 'primary' : ''}`} href=${href}>${button}</a>`}</li>`
    })}</ul>
    ${todo.length === 0 && html`<${Empty} title="一切都好。没有人在等，也没有要您确认的。" />`}
  </section>`
}

/** @param {any} one @returns {{ icon: string, tone: string, title: any, evidence: string, href?: string, button?: string }} */
function todoWords(one) {
  switch (one.kind) {
    case 'scan':
      return {
        icon: 'machine',
        tone: 'red',
        title: one.login === 'kicked' ? '微信让机器人退出了' : '要用微信扫码登录',
        evidence: '扫码之前，机器人听不到也说不了。',
        href: '#/machine',
        button: '扫码',
      }
    case 'late':
      return {
        icon: 'clock',
        tone: 'red',
        title: `工单 ${one.number} ${waitWords(one.wait)}（按上班时间）`,
        evidence: `${one.askerName} · ${one.placeName} · ${dayTime(one.openedAtMs)}：${one.question}`,
        href: `#/tickets/${one.number}`,
        button: one.isOpen ? '去接单' : '去看看',
      }
    case 'claim':
      return {
        icon: 'people',
        tone: 'violet',
        title: `${one.name} 在等认领码`,
        evidence: '确认是本人，再把码告诉对方。',
        href: '#/machine',
        button: '看码',
      }
    case 'open':
      return {
        icon: 'tickets',
        tone: 'violet',
        title: `还有 ${one.count} 张工单没人接`,
        evidence: one.first.wait
          ? `${one.first.askerName} · 承诺 ${dayTime(one.first.wait.dueMs)} 前回复`
          : one.first.askerName,
        href: '#/tickets?view=unclaimed',
        button: '去工单',
      }
    case 'wrong':
      return {
        icon: 'flag',
        tone: 'amber',
        title: `${one.count} 次回答被说“不对”`,
        evidence: one.section ? `多半是【${one.section}】${one.title}` : '',
        href: '#/talks?flag=wrong',
        button: `看这 ${one.count} 条`,
      }
    case 'asked':
      return {
        icon: 'learn',
        tone: 'blue',
        title: `“${one.text}” 被问了 ${one.count} 次，还没教`,
        evidence: one.sectionKey ? `机器人猜是 ${one.sectionKey}` : '机器人没有头绪',
        href: `#/learn/${one.number}`,
        button: '教它',
      }
    case 'unreleased':
      return {
        icon: 'rocket',
        tone: 'green',
        title: `知识改了 ${one.count} 处，还没发布`,
        evidence: '发布以后客户才看得到。',
        href: '#/knowledge?release=1',
        button: '看差别',
      }
    case 'handed':
      return {
        icon: 'hand',
        tone: 'blue',
        title: `${one.by.join('、')} 交来 ${one.count} 条，等您来教`,
        evidence: one.text ? `“${one.text}”` : '',
        href: '#/talks?flag=handed',
        button: '去教',
      }
    case 'drafts':
      return {
        icon: 'knowledge',
        tone: 'green',
        title: `同事写了 ${one.count} 条说明，可以收进知识`,
        evidence: '结单时写的。',
        href: '#/learn?tab=drafts',
        button: '看草稿',
      }
    default: {
      const [title = '', ...evidence] = one.text.split(/\n|(?<=。)/)
      return { icon: 'clock', tone: 'amber', title: title.replace(/。$/, ''), evidence: evidence.join(' ') }
    }
  }
}

const TILES = [
  ['answered', '回答', 'green', '#/talks?flag=answer'],
  ['offered', '反问、不知道', 'blue', '#/talks?flag=clarify'],
  ['handedOver', '转人工', 'violet', '#/talks?flag=escalate'],
  ['silent', '没插话', 'grey', '#/talks?flag=silent'],
]

/** @param {{ data: any }} props */
function Tiles({ data }) {
  const today = data.days.at(-1)
  const link = (/** @type {string} */ href) => (me.may('staff') ? href : undefined)
  return html`<section class="card tiles">
    ${TILES.map(([key = '', label, colour = '', href = '']) => {
      const change = data.before ? today[key] - data.before[key] : 0
      return html`<a class="tile" data-tile=${key} data-colour=${colour} href=${link(href)}><span>${label}</span><b>${data.figures[key]}<small>${change === 0 ? '' : `今天 ${change > 0 ? '+' : '−'}${Math.abs(change)}`}</small></b><${Spark} values=${data.spark.map((/** @type {any} */ day) => day[key])} colour=${colour} /></a>`
    })}
    <a class="tile" data-tile="wrong" data-colour="red" href=${link('#/talks?flag=wrong')} title="只算人看过并判错的"><span>人判答错</span><b>${data.figures.judged === 0 ? html`<small>还没判过</small>` : `${data.figures.wrong}/${data.figures.judged}`}</b>${data.figures.judged > 0 && html`<${Spark} values=${data.spark.map((/** @type {any} */ day) => day.wrong ?? 0)} colour="red" />`}</a>
  </section>`
}

const SERIES = [
  ['answered', '回答', 'green'],
  ['offered', '反问、不知道', 'blue'],
  ['handedOver', '转人工', 'violet'],
]

/** @param {{ days: any[] }} props */
function Stacked({ days }) {
  const [width, height, floor] = [780, 170, 146]
  const top = Math.max(4, ...days.map(({ answered, offered, handedOver }) => answered + offered + handedOver))
  const step = (width - 40) / days.length
  const dateOf = (/** @type {number} */ day) => new Date(day * 86_400_000)
  return html`<section class="card"><h2>近 14 天 <span class="legend">${SERIES.map(([, label, colour]) => html`<span data-colour=${colour}>${label}</span>`)}</span></h2>
    <svg class="stacked" viewBox=${`0 0 ${width} ${height}`} role="img" aria-label="近 14 天每天的回答、反问和转人工">
      ${[0.5, 1].map((share) => html`<g><line x1="30" x2=${width} y1=${floor - share * 130} y2=${floor - share * 130} /><text x="24" y=${floor - share * 130 + 4} text-anchor="end">${Math.round(top * share)}</text></g>`)}
      ${days.map((day, index) => {
        let below = 0
        const x = 36 + index * step
        return html`<g>${SERIES.map(([key = '', , colour]) => {
          const tall = (day[key] / top) * 130
          below += tall
          return (
            tall > 0 &&
            html`<rect data-colour=${colour} x=${x + step * 0.18} y=${floor - below} width=${step * 0.64} height=${Math.max(1, tall - 1)} rx="2" />`
          )
        })}<text x=${x + step / 2} y=${height - 6} text-anchor="middle">${index === days.length - 1 ? '今天' : dateOf(day.day).getUTCDate()}</text></g>`
      })}
    </svg>
    <table class="for-readers"><caption>近 14 天</caption><tbody>${days.map(({ day, answered, offered, handedOver }) => html`<tr><th>${dateOf(day).toISOString().slice(0, 10)}</th><td>${answered}</td><td>${offered}</td><td>${handedOver}</td></tr>`)}</tbody></table>
  </section>`
}
