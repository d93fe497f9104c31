import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import type { Credentials } from './session.js'

/** Parts of the client's JSON that the stand-in reads. Nothing in it can be trusted to be there. */
export interface ClientJson {
  readonly BaseRequest?: { readonly Uin?: unknown; readonly Sid?: string; readonly Skey?: string }
  readonly Msg?: ClientMessage
  readonly List?: readonly { readonly UserName?: string }[]
  readonly SyncKey?: { readonly List?: readonly { readonly Key: number; readonly Val: number }[] }
  readonly UserName?: string
  readonly CmdId?: number
  readonly RemarkName?: string
  readonly ChatRoomName?: string
  readonly NewTopic?: string
}

interface ClientMessage {
  readonly FromUserName?: string
  readonly ToUserName?: string
  readonly Content?: string
  readonly MediaId?: string
  readonly LocalID?: unknown
}

/** One request of the client and the means to answer it. */
export class Exchange {
  /** Last part of the path, e.g. `webwxsendmsg`. */
  readonly name: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  /** Empty for forms and for requests without a body. */
  readonly json: ClientJson
  readonly cookies: ReadonlyMap<string, string>
  private readonly response: ServerResponse
  private answerIsLost = false

  constructor(request: IncomingMessage, response: ServerResponse, body: Buffer) {
    const url = new URL(request.url ?? '/', 'https://localhost')
    this.name = path.posix.basename(url.pathname)
    this.query = url.searchParams
    this.headers = request.headers
    this.body = body
    this.json = parseJson(body, request.headers['content-type'])
    this.cookies = parseCookies(request.headers.cookie)
    this.response = response
  }

  get credentials(): Credentials {
    const { Sid, Skey } = this.json.BaseRequest ?? {}
    const skey = Skey ?? this.query.get('skey') ?? undefined
    const sid = Sid ?? this.query.get('sid') ?? (skey === undefined ? this.cookies.get('wxsid') : undefined)
    return { sid, skey }
  }

  /** The client has hung up. */
  get isGone(): boolean {
    return this.response.destroyed
  }

  answer(fields: object): void {
    this.bytes(Buffer.from(JSON.stringify({ BaseResponse: { Ret: 0, ErrMsg: '' }, ...fields })), 'text/plain')
  }

  refuse(ret: number): void {
    this.answer({ BaseResponse: { Ret: ret, ErrMsg: '' }, MsgID: '', LocalID: '', MediaId: '' })
  }

  /** JavaScript that the client runs. */
  script(source: string): void {
    this.bytes(Buffer.from(source), 'text/javascript')
  }

  bytes(content: Buffer, contentType: string): void {
    this.write(200, { 'content-type': contentType, 'content-length': String(content.length) }, content)
  }

  status(code: number): void {
    this.write(code, { 'content-type': 'text/plain' }, Buffer.alloc(0))
  }

  redirect(location: string, body = '', cookies: readonly string[] = []): void {
    const headers = { 'content-type': 'text/plain', location, 'set-cookie': [...cookies] }
    this.write(301, headers, Buffer.from(body))
  }

  breakOff(): void {
    this.response.socket?.destroy()
  }

  /** Whatever is answered from here on breaks the connection instead. */
  loseAnswer(): void {
    this.answerIsLost = true
  }

  private write(status: number, headers: Record<string, string | string[]>, body: Buffer): void {
    if (this.answerIsLost) {
      this.breakOff()
      return
    }
    if (this.response.writableEnded || this.response.destroyed) return
    this.response.writeHead(status, headers)
    this.response.end(body)
  }
}

function parseJson(body: Buffer, contentType = ''): ClientJson {
  if (body.length === 0 || contentType.includes('multipart')) return {}
  try {
    return JSON.parse(body.toString()) as ClientJson
  } catch {
    return {} // the login requests post nothing that is JSON
  }
}

function parseCookies(header = ''): ReadonlyMap<string, string> {
  const pairs = header.split(/;\s*/).map((pair): [string, string] => {
    const equals = pair.indexOf('=')
    return [pair.slice(0, equals), pair.slice(equals + 1)]
  })
  return new Map(pairs)
}
