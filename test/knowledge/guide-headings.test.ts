import { describe, expect, test } from 'vitest'
import { parseGuide } from '../../src/knowledge/guide/parse.js'
import { assignKeys } from '../../src/knowledge/keys.js'

/** `key title` of each heading, for headings such as `## 1、标题`. */
const keysOf = (...headings: readonly string[]): readonly string[] =>
  assignKeys(
    headings.map((heading) => {
      const [, marks = '', text = ''] = /^(#+) (.*)$/.exec(heading) ?? []
      return { depth: marks.length, text }
    }),
  ).map(({ key, title }) => `${key} ${title}`)

describe('numbers of headings', () => {
  test.each([
    ['1、标题', '1 标题'],
    ['1. 标题', '1 标题'],
    ['1.标题', '1 标题'],
    ['1．标题', '1 标题'],
    ['1）标题', '1 标题'],
    ['（1）标题', '1 标题'],
    ['1：标题', '1 标题'],
    ['1 标题', '1 标题'],
    ['12、标题', '12 标题'],
    ['1.2 标题', '1.2 标题'],
    ['1.2标题', '1.2 标题'],
    ['1.2、标题', '1.2 标题'],
    ['1.2.3. 标题', '1.2.3 标题'],
    ['4.10 标题', '4.10 标题'],
    ['一、标题', '1 标题'],
    ['十二、标题', '12 标题'],
    ['二十、标题', '20 标题'],
    ['（三）标题', '3 标题'],
    ['第1步：标题', '1 标题'],
    ['第三步 标题', '3 标题'],
    ['第二章 标题', '2 标题'],
    ['步骤一：标题', '1 标题'],
    ['步骤 2 标题', '2 标题'],
    ['Step 3: 标题', '3 标题'],
    ['Q1：标题', '1 标题'],
    ['问题2：标题', '2 标题'],
    ['③ 标题', '3 标题'],
    ['📌 1、标题', '1 标题'],
    ['A1、标题', 'A1 标题'],
    ['第4步', '4 第4步'],
  ])('%s', (heading, expected) => {
    expect(keysOf(`## ${heading}`)).toEqual([expected])
  })

  test.each([
    '3 个注意事项',
    '3个注意事项',
    '7天没有通知怎么办',
    '2.0版本说明',
    '2.5 倍速播放',
    'H5 页面提审',
    '2023.01.05 更新',
    '10:30 以后提交',
    '第一次提审',
    '第三方平台授权',
    '一次过审',
    '😀',
    '1+7 个自然日',
  ])('%s is no number', (heading) => {
    expect(keysOf(`## ${heading}`)).toEqual([`${heading} ${heading}`])
  })
})

describe('keys', () => {
  test('children count on from their parent', () => {
    expect(keysOf('## 2、甲', '### 1、乙', '#### (1) 丙', '### 2.2 丁', '### 3、戊')).toEqual([
      '2 甲',
      '2.1 乙',
      '2.1.1 丙',
      '2.2 丁',
      '2.3 戊',
    ])
  })

  test('a number in Arabic under one in Chinese belongs to it', () => {
    expect(keysOf('## 一、甲', '### 1. 乙', '## 二、丙', '### 2.1 丁')).toEqual(['1 甲', '1.1 乙', '2 丙', '2.1 丁'])
  })

  test('numbers that skip stay as they are written', () => {
    expect(keysOf('## 1、甲', '## 3、乙', '## 7、丙')).toEqual(['1 甲', '3 乙', '7 丙'])
  })

  test('numbers that repeat are told apart', () => {
    expect(keysOf('## 1、甲', '## 1、乙', '### 1、丙', '## 1、丁')).toEqual(['1 甲', '1-2 乙', '1-2.1 丙', '1-3 丁'])
  })

  test('headings without a number are called by their words, cut to 20 characters', () => {
    const long = '这个标题特别长'.repeat(4)
    expect(keysOf('## 准备', '### 准备', `## ${long}`)).toEqual([
      '准备 准备',
      '准备-2 准备',
      `${long.slice(0, 20)} ${long}`,
    ])
  })

  test('an appendix that counts from 1 again gets a letter, the next one another', () => {
    expect(
      keysOf(
        '## 1、甲',
        '## 附录：失败原因',
        '### 1、乙',
        '#### 1.2 丙',
        '#### (3) 丁',
        '### 2、戊',
        '## 常见问题',
        '### 1、己',
      ),
    ).toEqual([
      '1 甲',
      '附录：失败原因 附录：失败原因',
      'A1 乙',
      'A1.2 丙',
      'A1.3 丁',
      'A2 戊',
      '常见问题 常见问题',
      'B1 己',
    ])
  })

  test('an appendix that counts on needs no letter', () => {
    expect(keysOf('## 1、甲', '## 2、乙', '## 附录', '### 3、丙')).toEqual(['1 甲', '2 乙', '附录 附录', '3 丙'])
  })

  test('an appendix without numbers takes no letter from the next', () => {
    expect(keysOf('## 1、甲', '## FAQ', '### 怎么办', '## 附录', '### 1、乙').at(-1)).toBe('A1 乙')
  })

  test('an appendix may stand beside its headings', () => {
    expect(keysOf('## 1、甲', '## 附录', '## 1、乙', '### 1、丙', '## 2、丁')).toEqual([
      '1 甲',
      '附录 附录',
      'A1 乙',
      'A1.1 丙',
      'A2 丁',
    ])
  })

  test('a numbered chapter of questions is a chapter', () => {
    expect(keysOf('## 6、常见问题', '### 1、甲')).toEqual(['6 常见问题', '6.1 甲'])
  })

  test('letters that the author wrote are taken in an appendix', () => {
    expect(keysOf('## 附录', '### A1 甲', '### A1.2 乙')).toEqual(['附录 附录', 'A1 甲', 'A1.2 乙'])
  })
})

const VENDOR_SHAPE = `---
id: first
title: 上架指南
sidebar_label: 上架指南
---

# 上架指南

> 上架指南
先办一个账号。
参考手册。https://kf.example.cn/touch/1.html
办好以后：

## 1、填资料

 写名称和图标。

![image.png](/img/a.png "image.png")

### 1.1 选择->大类/小类

 选大类，上传截图。（网址：https://beian.example.cn/#/index），如下图
![image-1.png](/img/b.png "image-1.png")
实例
## 2、放内容
不能空着。
## 3、看类目
可看1.1
## 4、提交
找到版本。
### 4.1 弹窗
照图填。
### 4.2 表单
写描述。
### 4.3 协议
照图填。
## 5、上线
等八天。

## 附录：常见失败原因
### 1、因大类失败

#### 1.2 因缺小类失败

 补上小类。
### 2、因接口失败
测一下。
### 3、因空白失败
补内容。
### 4、因测试失败
删测试。`

test("a guide of the vendor's shape gets exactly its fifteen sections, without a word of complaint", () => {
  const { guide, problems } = parseGuide({ file: 'knowledge/first.md', text: VENDOR_SHAPE })
  expect(problems).toEqual([])
  expect(guide.sections.map(({ key }) => key).join(',')).toBe('0,1,1.1,2,3,4,4.1,4.2,4.3,5,A1,A1.2,A2,A3,A4')
  const bodyOf = (wanted: string): unknown => guide.sections.find(({ key }) => key === wanted)?.parts
  expect(bodyOf('0')).toEqual([
    { lines: ['先办一个账号。', '参考手册。https://kf.example.cn/touch/1.html', '办好以后：'], pictures: [] },
  ])
  expect(bodyOf('1.1')).toEqual([
    {
      lines: ['选大类，上传截图。（网址：https://beian.example.cn/#/index ），如下图'],
      pictures: [{ path: '/img/b.png', alt: '' }],
    },
  ])
  expect(bodyOf('A1')).toEqual([{ lines: ['见 A1.2：因缺小类失败'], pictures: [] }])
  expect(guide.sections.find(({ key }) => key === 'A1')?.line).toBe(
    VENDOR_SHAPE.split('\n').indexOf('### 1、因大类失败') + 1,
  )
})

describe('sections', () => {
  const sectionsOf = (text: string): readonly string[] =>
    parseGuide({ file: 'docs/guide.md', text }).guide.sections.map(
      ({ key, title, parts }) => `${key}|${title}|${parts.flatMap(({ lines }) => lines).join('/')}`,
    )

  test('a guide without headings is one section', () => {
    expect(sectionsOf('第一句。\n\n第二句。')).toEqual(['0|guide|第一句。/第二句。'])
  })

  test('a second title is a section of its own', () => {
    expect(sectionsOf('# 甲\n\n开头\n\n# 乙\n\n接着')).toEqual(['0|甲|开头', '乙|乙|接着'])
  })

  test('a guide may number its titles', () => {
    expect(sectionsOf('# 1、甲\n\n开头\n\n# 2、乙\n\n接着')).toEqual(['1|甲|开头', '2|乙|接着'])
  })

  test('escaped, underlined and unspaced headings are headings', () => {
    expect(sectionsOf('### 1\\. 甲\n一\n\n2、乙\n---\n二\n\n##3、丙\n三\n\n## 4、丁 {#ding}\n四')).toEqual([
      '1|甲|一',
      '2|乙|二',
      '3|丙|三',
      '4|丁|四',
    ])
  })

  test('a heading that only groups others is left out, or points at them when it has a number', () => {
    expect(sectionsOf('## 组\n### 1、甲\n#### 1.1 乙\n一\n#### 小组\n##### 1.2 丙\n二')).toEqual([
      '1|甲|见 1.1：乙/见 1.2：丙',
      '1.1|乙|一',
      '1.2|丙|二',
    ])
  })

  test('a numbered heading with nothing at all is left out and warned about', () => {
    const { guide, problems } = parseGuide({ file: 'g.md', text: '# 题\n\n## 1、甲\n\n## 2、乙\n\n有' })
    expect(guide.sections.map(({ key }) => key)).toEqual(['2'])
    expect(problems).toMatchObject([{ severity: 'warning', line: 3, message: expect.stringContaining('1、甲') }])
  })

  test('headings inside a block, a list or a quotation begin no section', () => {
    expect(sectionsOf('## 1、甲\n\n:::note\n## 2、乙\n一\n:::\n\n> ## 3、丙\n\n- ## 4、丁')).toHaveLength(1)
  })

  test('a picture in a heading belongs to the section', () => {
    const { guide } = parseGuide({ file: 'g.md', text: '## 1、甲 ![](/i/a.png)\n\n一句话。' })
    expect(guide.sections[0]).toMatchObject({
      title: '甲',
      parts: [{ lines: [], pictures: [{ path: '/i/a.png' }] }, { lines: ['一句话。'] }],
    })
  })

  test('a number used twice is warned about', () => {
    const { problems } = parseGuide({ file: 'g.md', text: '## 1、甲\n一\n\n## 1、乙\n二' })
    expect(problems).toMatchObject([{ severity: 'warning', line: 4, message: expect.stringContaining('1-2') }])
  })

  test('an empty guide is warned about', () => {
    for (const text of ['', '\n\n', '# 题', '---\nid: x\n---\n', '<!-- 只有注释 -->']) {
      const { guide, problems } = parseGuide({ file: 'g.md', text })
      expect(guide.sections).toEqual([])
      expect(problems).toMatchObject([{ severity: 'warning', line: 0 }])
    }
  })
})
