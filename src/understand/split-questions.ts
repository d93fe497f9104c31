/** Where one question may end and the next begin. */
const BREAK = /[?!。;\n]+|,|(?:^|(?<=[^\s]))(?=(?:还有|另外|再问|顺便问|以及|其次|第二个?问题|对了))/
const ASKS =
  /怎么|怎样|如何|咋|啥|什么|吗$|呢$|哪|几天|几个|几次|多少|多久|多长|是不是|能不能|可不可以|要不要|有没有|行不行|用不用|该不该|为什么|为啥|凭什么|么$|不$|没$|是否|求|求助|怎么办/
const MIN_CHARS = 4
// More are a questionnaire; three bubbles hold the short answers to about four.
const MAX_QUESTIONS = 4

/**
 * Takes a message with several questions apart; words before a question stay with it as its context.
 *
 * @param text see `normalizeText`
 * @returns the questions in order; fewer than two when the message asks at most one thing
 */
export function splitQuestions(text: string): readonly string[] {
  const questions: string[] = []
  let context = ''
  for (const clause of clausesOf(text)) {
    const joined = context === '' ? clause : `${context} ${clause}`
    if (ASKS.test(clause) || clause.endsWith('?')) {
      if (joined.length >= MIN_CHARS) questions.push(joined)
      context = ''
    } else if (clause.length >= MIN_CHARS) context = joined
  }
  return questions.length < 2 ? [] : questions.slice(0, MAX_QUESTIONS)
}

function clausesOf(text: string): readonly string[] {
  // "第一,… 第二,…" and "1. … 2. …": the numbers are no part of the question.
  const unnumbered = text.replace(/(?:^|[\s,;。\n])(?:第?[一二三四五]|\d)[、.,:)]\s*/g, '\n')
  return unnumbered
    .split(BREAK)
    .map((clause) => clause?.trim() ?? '')
    .filter((clause) => clause !== '')
}
