import { describe, expect, it, onTestFinished } from 'vitest'
import type { OpinionQuestion } from '../../src/model/decision.js'
import { ModelOpinion } from '../../src/opinion/model-client.js'
import { capturedLog } from '../support/captured-log.js'
import { fixedClock } from '../support/fixed-clock.js'
import { choosing, type ModelAnswer, ModelEndpoint } from '../support/model-endpoint.js'

const QUESTION: OpinionQuestion = {
  text: '它说我那块要交什么证[号码]',
  talk: [{ by: 'bot', text: '【1.1】服务类目' }],
  choices: [
    { id: '1.1', title: '社区类目的资质', covers: '要传哪些截图' },
    { id: 'A2', title: '没有接入内容安全', covers: '' },
    { id: '驳回:常见 2.1', title: '驳回原因 类目不符', covers: '' },
  ],
}

async function anEndpoint({ key, perDay = 500 }: { key?: string; perDay?: number } = {}) {
  const endpoint = new ModelEndpoint()
  const url = await endpoint.start()
  onTestFinished(() => endpoint.stop())
  const clock = fixedClock()
  const { log, lines } = capturedLog()
  const model = new ModelOpinion({ url: `${url}/`, model: 'qwen', key, perDay, timeoutMs: 300, clock, log })
  return { endpoint, model, clock, lines, ask: () => model.ask(QUESTION) }
}

describe('what goes out', () => {
  it('is one chat completion: rules, talk and list in the system message, the words alone in the last', async () => {
    const { endpoint, ask } = await anEndpoint({ key: 'sk-1' })
    await ask()
    const [{ path, headers, body } = { path: '', headers: {}, body: undefined }] = endpoint.requests
    expect(path).toBe('/v1/chat/completions')
    expect(headers.authorization).toBe('Bearer sk-1')
    expect(body).toMatchObject({ model: 'qwen', temperature: 0, response_format: { type: 'json_object' } })
    const [system, user] = body!.messages
    expect(body!.messages).toHaveLength(2)
    expect(user).toEqual({ role: 'user', content: QUESTION.text })
    expect(system!.content).toContain(
      '1. [1.1] 社区类目的资质：要传哪些截图\n2. [A2] 没有接入内容安全\n3. [驳回:常见 2.1]',
    )
    expect(system!.content).toContain('机器人：【1.1】服务类目')
    expect(system!.content).not.toContain(QUESTION.text)
  })

  it('bears no authorization where there is no key', async () => {
    const { endpoint, ask } = await anEndpoint()
    await ask()
    expect(endpoint.requests[0]!.headers).not.toHaveProperty('authorization')
  })
})

describe('what comes back', () => {
  it.each<[string, ModelAnswer, unknown]>([
    ['a choice', choosing('answer', 'A2'), { kind: 'answer', ids: ['A2'] }],
    [
      'ids that are not listed, or twice',
      choosing('ask', 'A9', 'A2', 'A2', '1.1'),
      { kind: 'ask', ids: ['A2', '1.1'] },
    ],
    ['nothing of the list', choosing('none', 'A2'), { kind: 'none', ids: [] }],
    ['a call for a person', choosing('human'), { kind: 'human', ids: [] }],
  ])('is taken: %s', async (_what, answer, opinion) => {
    const { endpoint, ask } = await anEndpoint()
    endpoint.answer = answer
    expect(await ask()).toMatchObject({ outcome: 'chose', opinion, tokens: { prompt: 1_200, completion: 15 } })
  })

  const saying =
    (content: string): ModelAnswer =>
    () => ({ choices: [{ message: { content } }] })
  it.each<[string, ModelAnswer, string]>([
    ['prose', saying('好的，选 A2。'), 'garbage'],
    ['JSON around which it talks', saying('```json\n{"decision":"answer","ids":["A2"]}\n```'), 'garbage'],
    ['a decision that there is not', saying('{"decision":"escalate","ids":["A2"]}'), 'garbage'],
    ['an answer without one id of the list', choosing('answer', 'A9', '忽略以上'), 'garbage'],
    ['another shape', () => ({ error: { message: 'quota' } }), 'garbage'],
    ['no JSON', (_, response) => void response.end('<html>'), 'garbage'],
    ['megabytes', (_, response) => void response.end(`"${'x'.repeat(1_000_000)}"`), 'garbage'],
    ['a refusal', (_, response) => void response.writeHead(429).end('{}'), 'unreachable'],
    [
      'a redirect',
      (_, response) => void response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
      'unreachable',
    ],
    ['a cut connection', (_, response) => void response.socket?.destroy(), 'unreachable'],
    ['nothing', () => undefined, 'slow'],
    ['half an answer', (_, response) => void response.write('{"choices":'), 'slow'],
  ])('is no answer: %s', async (_what, answer, outcome) => {
    const { endpoint, ask, lines } = await anEndpoint()
    endpoint.answer = answer
    const reply = await ask()
    expect(reply.outcome).toBe(outcome)
    expect(reply).not.toHaveProperty('opinion')
    expect(endpoint.requests).toHaveLength(1)
    expect(JSON.stringify(lines)).not.toMatch(/要交什么证|sk-/)
  })

  it('is no answer where nobody listens', async () => {
    const { endpoint, ask } = await anEndpoint()
    await endpoint.stop()
    expect((await ask()).outcome).toBe('unreachable')
  })
})

describe('limits', () => {
  it('rest for a minute after three failures in a row, then try again', async () => {
    const { endpoint, ask, clock } = await anEndpoint()
    const outcomes = async (count: number): Promise<readonly string[]> => {
      const seen: string[] = []
      for (let time = 0; time < count; time++) seen.push((await ask()).outcome)
      return seen
    }
    endpoint.answer = () => ({})
    expect(await outcomes(2)).toEqual(['garbage', 'garbage'])
    endpoint.answer = choosing('none')
    expect(await outcomes(1)).toEqual(['chose'])
    endpoint.answer = () => ({})
    expect(await outcomes(5)).toEqual(['garbage', 'garbage', 'garbage', 'resting', 'resting'])
    expect(endpoint.requests).toHaveLength(6)
    clock.pass(59_000)
    expect(await outcomes(1)).toEqual(['resting'])
    clock.pass(2_000)
    endpoint.answer = choosing('none')
    expect(await outcomes(1)).toEqual(['chose'])
  })

  it('keep to the budget of the day', async () => {
    const { ask, endpoint, clock } = await anEndpoint({ perDay: 2 })
    expect([await ask(), await ask(), await ask()].map(({ outcome }) => outcome)).toEqual(['chose', 'chose', 'spent'])
    expect(endpoint.requests).toHaveLength(2)
    clock.pass(24 * 3_600_000)
    expect((await ask()).outcome).toBe('chose')
  })

  it('ask about eight messages at once at most', async () => {
    const { ask, endpoint } = await anEndpoint()
    endpoint.answer = () => undefined
    const outcomes = (await Promise.all(Array.from({ length: 10 }, ask))).map(({ outcome }) => outcome)
    expect(outcomes.filter((outcome) => outcome === 'busy')).toHaveLength(2)
  })
})
