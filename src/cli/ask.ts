import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { readConfig } from '../config.js'
import type { Outgoing } from '../model/ports.js'
import { normalizeText } from '../nlu/normalize.js'
import { type Answer, Asker, parseAskLine } from './asker.js'
import { exitOnBadInput } from './running-bot.js'

const USAGE = `用法：npm run ask -- "提审的时候弹出UGC说明要怎么填"
      npm run --silent ask -- --jsonl < questions.jsonl
选项：--knowledge 目录  --intents 目录  使用别的知识与意图`

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      jsonl: { type: 'boolean', default: false },
      knowledge: { type: 'string' },
      intents: { type: 'string' },
    },
  })
  if (!values.jsonl && positionals.length === 0) {
    console.error(USAGE)
    process.exitCode = 2
    return
  }
  const env = {
    ...process.env,
    ...(values.knowledge ? { GUOSHEN_KNOWLEDGE_DIR: values.knowledge } : {}),
    ...(values.intents ? { GUOSHEN_INTENTS_DIR: values.intents } : {}),
  }
  const asker = new Asker()
  await asker.start(readConfig(env))
  if (values.jsonl) await askLines(asker)
  else await askOnce(asker, positionals.join(' '))
}

async function askLines(asker: Asker): Promise<void> {
  for await (const text of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (text.trim() === '') continue
    const parsed = parseAskLine(text)
    if (parsed.ok) await writeLine({ id: parsed.line.id, ...toOutput(await asker.ask(parsed.line)) })
    else {
      process.exitCode = 1
      await writeLine(parsed.id === undefined ? { error: parsed.error } : { id: parsed.id, error: parsed.error })
    }
  }
}

/** Waits for a slow reader instead of piling lines up in memory. */
const writeLine = (value: object): Promise<void> =>
  new Promise((resolve) => {
    process.stdout.write(`${JSON.stringify(value)}\n`, () => resolve())
  })

function toOutput({ trace, sent, latencyUs }: Answer): object {
  const bubbles = textBubbles(sent)
  return {
    // What lies around the guides is answered, too; it has no section.
    decision: trace.kind === 'outside' ? 'answer' : trace.kind,
    sections: trace.sections,
    intent: trace.intent,
    card: trace.card,
    confidence: Number(trace.confidence.toFixed(4)),
    reason: trace.reason,
    reply: bubbles.length > 0 ? bubbles.join('\n\n') : null,
    bubbles,
    images: sent.flatMap((bubble) => (bubble.kind === 'picture' ? [bubble.path] : [])),
    timeline: trace.timeline,
    latencyUs,
  }
}

const textBubbles = (sent: readonly Outgoing[]): readonly string[] =>
  sent.flatMap((bubble) =>
    bubble.kind === 'text' ? [bubble.mention ? `@${bubble.mention.name} ${bubble.text}` : bubble.text] : [],
  )

async function askOnce(asker: Asker, text: string): Promise<void> {
  const { trace, sent, latencyUs } = await asker.ask({
    id: 1,
    text,
    mentioned: true,
    role: 'customer',
    speaker: '提问者',
  })
  for (const bubble of sent) {
    console.log(bubble.kind === 'picture' ? `[图片 ${bubble.path}]` : textBubbles([bubble])[0])
    console.log()
  }
  console.log('──────── 说明 ────────')
  console.log(`归一化：${normalizeText(text)}`)
  console.log(`判断：${trace.kind}（${trace.reason}）${trace.sections.join('、')}  把握 ${percent(trace.confidence)}`)
  console.log('候选：')
  for (const { section, confidence } of trace.candidates) console.log(`  ${section.padEnd(6)} ${percent(confidence)}`)
  console.log(`知识版本：${trace.knowledgeVersion}  用时：${latencyUs} µs`)
}

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`

await exitOnBadInput(main, { usage: USAGE })
