import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type AlertMessage, readAnswer, webhookRequest } from '../../src/ops/webhook.js'

const NOW_MS = 1_700_000_000_123
const MESSAGE: AlertMessage = {
  about: 'kicked',
  status: 'alert',
  text: '【过审小助手】请扫码',
  atMs: 1_699_999_999_000,
}

describe('a message', () => {
  test('for a WeCom group robot', () => {
    const url = 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k'
    expect(webhookRequest({ kind: 'wecom', url }, MESSAGE, NOW_MS)).toEqual({
      url,
      body: { msgtype: 'text', text: { content: '【过审小助手】请扫码' } },
    })
  })

  test('for DingTalk, signed in the address: milliseconds, base64, percent-encoded', () => {
    const url = 'https://oapi.dingtalk.com/robot/send?access_token=t'
    const request = webhookRequest({ kind: 'dingtalk', url, secret: 'SECabc' }, MESSAGE, NOW_MS)
    const sign = createHmac('sha256', 'SECabc').update('1700000000123\nSECabc').digest('base64')
    expect(request.url).toBe(`${url}&timestamp=1700000000123&sign=${encodeURIComponent(sign)}`)
    expect(request.body).toEqual({ msgtype: 'text', text: { content: '【过审小助手】请扫码' } })
    expect(sign).toMatch(/[+/=]/) // else the encoding would not have been seen
  })

  test('for DingTalk without signing', () => {
    const url = 'https://oapi.dingtalk.com/robot/send?access_token=t'
    expect(webhookRequest({ kind: 'dingtalk', url }, MESSAGE, NOW_MS).url).toBe(url)
  })

  test('for Feishu, signed in the body: seconds, the secret as part of the key, nothing signed', () => {
    const url = 'https://open.feishu.cn/open-apis/bot/v2/hook/h'
    const sign = createHmac('sha256', '1700000000\ns').update('').digest('base64')
    expect(webhookRequest({ kind: 'feishu', url, secret: 's' }, MESSAGE, NOW_MS)).toEqual({
      url,
      body: { timestamp: '1700000000', sign, msg_type: 'text', content: { text: '【过审小助手】请扫码' } },
    })
    expect(webhookRequest({ kind: 'feishu', url }, MESSAGE, NOW_MS).body).toEqual({
      msg_type: 'text',
      content: { text: '【过审小助手】请扫码' },
    })
  })

  test('for programs', () => {
    expect(webhookRequest({ kind: 'json', url: 'https://example.com/hook' }, MESSAGE, NOW_MS)).toEqual({
      url: 'https://example.com/hook',
      body: { source: 'guoshen', ...MESSAGE },
    })
  })
})

describe('an answer', () => {
  test.each([
    ['wecom', 200, '{"errcode":0,"errmsg":"ok"}', 'delivered'],
    ['dingtalk', 200, '{"errcode":0,"errmsg":"ok"}', 'delivered'],
    ['feishu', 200, '{"code":0,"msg":"success"}', 'delivered'],
    ['feishu', 200, '{"StatusCode":0,"StatusMessage":"success"}', 'delivered'],
    ['json', 204, '', 'delivered'],
    ['wecom', 200, '{"errcode":93000,"errmsg":"invalid webhook url"}', 'refused with 93000'],
    ['wecom', 200, '{"errcode":45009}', 'refused with 45009, try again'],
    ['dingtalk', 200, '{"errcode":310000,"errmsg":"sign not match"}', 'refused with 310000'],
    ['dingtalk', 200, '{"errcode":-1}', 'refused with -1, try again'],
    ['feishu', 200, '{"code":19021,"msg":"sign match fail"}', 'refused with 19021'],
    ['feishu', 200, '{"code":11232}', 'refused with 11232, try again'],
    ['wecom', 200, '<html>login</html>', 'answer not understood, try again'],
    ['json', 404, '', 'HTTP 404'],
    ['json', 429, '', 'HTTP 429, try again'],
    ['wecom', 502, '<html></html>', 'HTTP 502, try again'],
  ] as const)('of %s: %i %s → %s', (kind, status, body, expected) => {
    const answer = readAnswer(kind, status, body)
    const said = answer.kind === 'failed' ? answer.reason + (answer.retryable ? ', try again' : '') : answer.kind
    expect(said).toBe(expected)
  })
})

test.each(['wecom', 'dingtalk', 'feishu'] as const)('calls nobody by what a customer wrote: %s', (kind) => {
  const words = [
    ...['<at user_id="all">所有人</at>', '< at id=all></at>', '<@all>', '<@zhangsan>', '<AT user_id="ou_1"></AT>'],
    ...['@所有人', '@all', '@ everyone', '@13900000000', '[点这里](http://evil.example)', '<a href="x">x</a>'],
  ]
  const { body } = webhookRequest(
    { kind, url: 'https://robot.example' },
    { ...MESSAGE, text: words.join('\n') },
    NOW_MS,
  )
  const sent = JSON.stringify(body)
  expect(sent).not.toMatch(/<\s*\/?\s*(?:at|@|a )/i)
  expect(sent).not.toMatch(/@\s*(?:所有人|all|everyone|\d)|\]\(/)
  expect(sent).toContain('所有人')
})

test('says 请 @陈工 to robots as it is, and everything to programs', () => {
  const text = '请 @陈工 看 <at user_id="all">'
  const bodyOf = (kind: 'wecom' | 'json') =>
    JSON.stringify(webhookRequest({ kind, url: 'https://robot.example' }, { ...MESSAGE, text }, NOW_MS).body)
  expect(bodyOf('wecom')).toContain('@陈工')
  expect(bodyOf('json')).toContain('<at user_id=')
})
