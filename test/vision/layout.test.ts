import { describe, expect, it } from 'vitest'
import { layOut, type SeenPiece } from '../../src/vision/layout.js'

const FONT = 20
const PITCH = 34

/** A piece of text at its place, in a font of 20 pixels. */
function piece(text: string, { x = 40, y = 0, confidence = 0.99 } = {}): SeenPiece {
  const width = [...text].reduce((sum, char) => sum + (char < '\u007f' ? 0.55 : 1) * FONT, 0)
  const height = FONT * 1.4
  return {
    text,
    confidence,
    corners: [
      { x, y },
      { x: x + width, y },
      { x: x + width, y: y + height },
      { x, y: y + height },
    ],
  }
}

const lines = (...texts: readonly string[]): readonly SeenPiece[] =>
  texts.map((text, row) => piece(text, { y: row * PITCH }))

function tilted(pieces: readonly SeenPiece[], degrees: number): readonly SeenPiece[] {
  const angle = (degrees / 180) * Math.PI
  const turn = ({ x, y }: { x: number; y: number }) => ({
    x: x * Math.cos(angle) - y * Math.sin(angle),
    y: x * Math.sin(angle) + y * Math.cos(angle),
  })
  return pieces.map((one) => ({ ...one, corners: one.corners.map(turn) as unknown as SeenPiece['corners'] }))
}

const WRAPPED = lines(
  '你的小程序代码审核未通过，原因如下：',
  '1、小程序页面存在测试内容，不是完成品，请删',
  '除测试内容后重新提交审核。',
  '2、小程序内页面无具体运营内容，请上架内容后',
  '再提交代码审核。',
)
const WHOLE = [
  '你的小程序代码审核未通过，原因如下：',
  '1、小程序页面存在测试内容，不是完成品，请删除测试内容后重新提交审核。',
  '2、小程序内页面无具体运营内容，请上架内容后再提交代码审核。',
].join('\n')

describe('what is written in a picture', () => {
  it('is joined where a line was broken at the edge, and not before the next point', () => {
    expect(layOut(WRAPPED).text).toBe(WHOLE)
  })

  it.each([-9, -3, 2, 5, 9])('is the same when the picture is tilted by %d degrees', (degrees) => {
    expect(layOut(tilted(WRAPPED, degrees)).text).toBe(WHOLE)
  })

  it('is the same in whatever order its pieces were found', () => {
    expect(layOut(WRAPPED.toReversed()).text).toBe(WHOLE)
  })

  it('is joined where a row ends early because the next Latin word did not fit', () => {
    const text = layOut(
      lines('小程序页面未提供用户隐私保护指引的是', '"pages/forum/post?id=87014"，请在设置中补', '充。'),
    ).text
    expect(text).toBe('小程序页面未提供用户隐私保护指引的是"pages/forum/post?id=87014"，请在设置中补充。')
  })

  it('keeps short lines apart: labels are no broken sentence', () => {
    expect(layOut(lines('基本设置', '服务类目', '小程序备案')).text).toBe('基本设置\n服务类目\n小程序备案')
  })

  it('keeps a label with its value, and a menu at the side apart from what happens to stand beside it', () => {
    const menu = ['版本管理', '成员管理', '用户反馈'].map((text, row) => piece(text, { x: 10, y: 9 + row * 41 }))
    const page = WRAPPED.map((one, row) => piece(one.text, { x: 220, y: row * PITCH }))
    expect(layOut([...menu, ...page]).text).toBe(`版本管理\n成员管理\n用户反馈\n${WHOLE}`)
    const table = [piece('审核结果'), piece('不通过', { x: 300 })]
    expect(layOut(table).text).toBe('审核结果 不通过')
  })

  it('mends the number of a point that lost its bracket', () => {
    expect(layOut(lines('（1：为避免您的小程序被滥用，请完善审核机制')).text).toMatch(/^\(1\):为避免/)
  })

  it('leaves out smudges, and is as sure as its long lines', () => {
    const { text, confidence } = layOut([
      piece('丶', { confidence: 0.3, y: 200 }),
      piece('审核未通过的原因写在这里', { confidence: 0.96 }),
      piece('一', { confidence: 0.6, y: 100 }),
    ])
    expect(text).toBe('审核未通过的原因写在这里\n一')
    expect(confidence).toBeGreaterThan(0.92)
    expect(layOut([])).toEqual({ text: '', confidence: 0 })
  })
})
