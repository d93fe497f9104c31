import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What an OpenAI-compatible endpoint is asked. */
export interface ModelRequest {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: {
    readonly model: string
    readonly temperature: number
    readonly response_format: unknown
    readonly messages: readonly { readonly role: string; readonly content: string }[]
  }
}

export type ModelAnswer = (request: ModelRequest, response: ServerResponse) => unknown

/** Answers with a choice, as a model would that was told to. */
export const choosing =
  (decision: string, ...ids: readonly string[]): ModelAnswer =>
  () => ({
    choices: [{ message: { role: 'assistant', content: JSON.stringify({ decision, ids }) } }],
    usage: { prompt_tokens: 1_200, completion_tokens: 15 },
  })

/** An endpoint on loopback; what `answer` returns goes out as JSON, undefined leaves the rest to it. */
export class ModelEndpoint {
  readonly requests: ModelRequest[] = []
  answer: ModelAnswer = choosing('none')
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as ModelRequest['body']
      const heard = { path: request.url ?? '', headers: request.headers, body }
      this.requests.push(heard)
      const answer = this.answer(heard, response)
      if (answer !== undefined) response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
    })
  })

  /** @returns the base of its interface */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
