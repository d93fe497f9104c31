import type { z } from 'zod'
import { nearest } from './knowledge/nearest.js'

/** What is wrong with the configuration, in Chinese, for the operator. */
export const configPhrases = {
  noSuchFile: (path: string): string => `${path} 不存在（环境变量 GUOSHEN_CONFIG 指的是它）`,
  unreadable: (path: string, code: string | undefined): string =>
    `${path} 读不了（${code ?? '原因不明'}），请检查路径和权限`,
  noMapping: (path: string): string => `${path} 应该一行一项，写成“名字: 内容”`,
  unknownKey: (key: string, known: readonly string[]): string => {
    const meant = nearest(key, known, 0.7)
    if (meant) return `不认识“${key}”，是不是“${meant}”？`
    return `不认识“${key}”，${known.length > 0 ? `这里可以写：${known.join('、')}` : '写法见 guoshen.example.yaml'}`
  },
} as const

const TYPES: Readonly<Record<string, string>> = {
  array: '应该是列表，例如 ["甲", "乙"]',
  boolean: '应该是 true 或 false',
  number: '应该是数字，用半角写',
  int: '应该是整数',
  object: '下面应该分项写，见 guoshen.example.yaml',
  string: '应该是一段文字；只有数字时要加英文引号',
}
const FORMATS: Readonly<Record<string, string>> = {
  url: '应该是 http:// 或 https:// 开头的网址',
  date: '应该写成 "2027-01-01" 这样的日期',
}

/** Puts an issue into words; undefined leaves the schema's own. */
export function configIssueWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected]
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array' ? '不能是空的' : `最小是 ${issue.minimum}`
    case 'too_big':
      return `最大是 ${issue.maximum}`
    case 'invalid_value':
      return `只能是 ${issue.values.join('、')}`
    case 'invalid_format':
      return FORMATS[issue.format]
    case 'invalid_union':
      return '写得不对，见 guoshen.example.yaml'
    default:
      return undefined
  }
}
