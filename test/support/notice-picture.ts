import { execFileSync } from 'node:child_process'
import sharp from 'sharp'
import { missingPackages } from '../../src/vision/picture-reader.js'

/** Pictures can be drawn and read here: the optional packages and a Chinese font are installed. */
export const canReadPictures = (): boolean => {
  try {
    return missingPackages().length === 0 && execFileSync('fc-list', [':lang=zh'], { encoding: 'utf8' }).trim() !== ''
  } catch {
    return false
  }
}

export interface PictureStyle {
  /** Degrees, clockwise. */
  readonly turned?: number
  readonly dark?: boolean
  /** In pixels. */
  readonly fontSize?: number
  readonly width?: number
}

/** A screenshot with these lines, one below the other, as PNG. */
export async function pictureOf(
  lines: readonly string[],
  { turned = 0, dark = false, fontSize = 28, width = 750 }: PictureStyle = {},
): Promise<Buffer> {
  const pitch = Math.round(fontSize * 1.7)
  const height = pitch * (lines.length + 2)
  const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
  const texts = lines.map((line, at) => `<text x="40" y="${pitch * (at + 1.5)}">${escaped(line)}</text>`)
  const [paper, ink] = dark ? ['#191919', '#d5d5d5'] : ['#fff', '#222']
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="${paper}"/>
    <g font-family="Noto Sans CJK SC, sans-serif" font-size="${fontSize}" fill="${ink}">${texts.join('')}</g></svg>`
  return sharp(Buffer.from(svg)).rotate(turned, { background: paper }).png().toBuffer()
}

/** A notice of two reasons that the shipped knowledge knows, broken into lines as a phone breaks them. */
export const NOTICE_LINES = [
  '09:41',
  '审核详情',
  '你的小程序“邻里圈”代码审核未通过，原因如下：',
  '1、小程序页面存在测试内容（如“测试标题1”），不',
  '是完成品，请删除测试内容后重新提交审核。',
  '2、小程序内“首页-圈子”页面无具体运营内容，请',
  '上架内容后再提交代码审核。',
] as const

/** The same as its writer wrote it. */
export const NOTICE_TEXT = [
  '你的小程序“邻里圈”代码审核未通过，原因如下：',
  '1、小程序页面存在测试内容（如“测试标题1”），不是完成品，请删除测试内容后重新提交审核。',
  '2、小程序内“首页-圈子”页面无具体运营内容，请上架内容后再提交代码审核。',
].join('\n')
