import type { Guide, KnowledgeContent, Problem, Section } from '../model/knowledge.js'
import { formatProblem } from './format-problems.js'

/** The authors' overview: every section with what it has, then the problems, then a summary; a line each. */
export function describeKnowledge(content: KnowledgeContent, problems: readonly Problem[]): readonly string[] {
  const { guides, intents, silence, concepts } = content
  const written = intents.filter(({ automatic }) => !automatic)
  const without = written.filter(({ sectionKey }) => sectionKey === undefined)
  const learned = count(intents.map((intent) => intent.learned ?? [])) + silence.filter((one) => one.learned).length
  const errors = problems.filter(({ severity }) => severity === 'error').length
  return [
    ...guides.flatMap((guide) => describeGuide(guide, content)),
    ...without.map(({ id, title, utterances }) => `不属于任何一节：${title}（${id}）  ${utterances.length} 句`),
    ...(problems.length > 0 ? ['', ...problems.map(problemLine)] : []),
    '',
    `指南 ${guides.length} 份、${count(guides.map(({ sections }) => sections))} 节；` +
      `意图 ${written.length} 个、说法 ${count(written.map(({ utterances }) => utterances))} 句；` +
      `${learned > 0 ? `在聊天里学到 ${learned} 句；` : ''}不接话的例子 ${silence.length} 句；同义词 ${concepts.length} 组`,
    errors > 0 ? `错误 ${errors} 处，改好才能用` : '没有错误',
    ...(problems.length > errors ? [`提醒 ${problems.length - errors} 处`] : []),
  ]
}

function describeGuide({ id, title, file, sections }: Guide, content: KnowledgeContent): readonly string[] {
  return [`${title}（${id}，${file}）`, ...sections.map((section) => describeSection(section, content)), '']
}

function describeSection(section: Section, { intents }: KnowledgeContent): string {
  const own = intents.filter(({ sectionKey }) => sectionKey === section.key)
  const isAutomatic = own.every(({ automatic }) => automatic)
  const pictures = count(section.parts.map((part) => part.pictures))
  const marks = [
    `${count(own.map(({ utterances }) => utterances))} 句${isAutomatic ? '（自动）' : ''}`,
    ...(pictures > 0 ? [`图 ${pictures} 张`] : []),
    ...(section.required.length > 0 ? ['有必交截图'] : []),
    ...(section.timeline !== undefined ? ['有时效'] : section.tellsTimeline ? ['讲时效'] : []),
    ...(section.supplements.length > 0 ? [`补充 ${section.supplements.length} 条`] : []),
  ]
  return `  ${section.key.padEnd(5)} ${section.title}  ${marks.join(' · ')}`
}

const problemLine = (problem: Problem): string =>
  `${problem.severity === 'error' ? '错误' : '提醒'} ${formatProblem(problem)}`

const count = (groups: readonly (readonly unknown[])[]): number => groups.reduce((sum, group) => sum + group.length, 0)
