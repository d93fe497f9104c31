import type { z } from 'zod'

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
