import { readRunning } from './running-file.js'

/**
 * Asks the running bot, over its page's interface.
 *
 * @returns its answer; undefined when no bot runs on this data folder
 */
export async function postToBot(
  dataDir: string,
  path: string,
  content: object,
): Promise<Record<string, unknown> | undefined> {
  const running = readRunning(dataDir)
  if (!running) return undefined
  const { url, key } = running
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(content),
  }).catch(() => undefined)
  if (!response) return undefined
  const answer = (await response.json()) as Record<string, unknown>
  // An order that failed has a text for people; a refused request has only an error.
  if (!response.ok && answer.text === undefined) throw new Error(`the bot refused: ${String(answer.error)}`)
  return answer
}
