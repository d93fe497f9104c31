import { createServer, type IncomingMessage as Request, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type WebSocket, WebSocketServer } from 'ws'

export interface QqPerson {
  readonly number: number
  readonly nick: string
  /** Group cards, by group number. */
  readonly cards?: Readonly<Record<number, string>>
  readonly isFriend?: boolean
}

export interface QqGroup {
  readonly number: number
  readonly name: string
  readonly members: readonly number[]
}

export interface QqWorld {
  readonly self: QqPerson
  readonly people: readonly QqPerson[]
  readonly groups: readonly QqGroup[]
}

export interface StandInOptions {
  readonly token?: string
  /** How a wrong token is answered: by HTTP, or by a frame and an end, as NapCat does. */
  readonly refusesBy?: 'http' | 'frame'
  /** Segments, or CQ codes in one string. */
  readonly format?: 'array' | 'string'
  /** 0: no heartbeats. */
  readonly heartbeatMs?: number
  /** What the account itself says comes back as an event. */
  readonly reportsSelf?: boolean
  /** Actions that this implementation does not know. */
  readonly lacks?: readonly string[]
  /** Milliseconds since the epoch; default: the machine's clock. */
  readonly now?: () => number
}

export interface Piece {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

/** What somebody says: plain words, or pieces. */
export type Words = string | readonly Piece[]

export const at = (number: number | 'all'): Piece => ({ type: 'at', data: { qq: String(number) } })
export const text = (words: string): Piece => ({ type: 'text', data: { text: words } })
export const reply = (messageId: number): Piece => ({ type: 'reply', data: { id: String(messageId) } })

/** What the bot has said. */
export interface SentMessage {
  readonly seq: number
  /** Its `message_id`. */
  readonly id: number
  readonly atMs: number
  readonly to: { readonly group: number } | { readonly user: number; readonly group?: number }
  readonly pieces: readonly Piece[]
  /** Words alone. */
  readonly text: string
  /** QQ numbers that are mentioned. */
  readonly mentions: readonly string[]
  readonly pictures: readonly Buffer[]
}

/** What is done to the next call of an action. */
export interface Fault {
  readonly action: string
  /**
   * `refuse` with this code and words; `swallow`: it is done and nobody is told; `ignore`: nothing happens at all;
   * `no-echo`: it is done, and nobody can tell what the answer belongs to; `promise`: it will be done.
   */
  readonly does: 'refuse' | 'swallow' | 'ignore' | 'no-echo' | 'promise'
  readonly retcode?: number
  readonly wording?: string
  /** How often; default once. */
  readonly times?: number
}

interface Said {
  readonly id: number
  readonly atSeconds: number
  readonly group?: number
  readonly from: number
  readonly pieces: readonly Piece[]
}

const WAIT_STEP_MS = 20
const FIRST_ID = 1
/** Under which clients ask for pictures. */
const PICTURES = '/picture/'

/**
 * A OneBot v11 implementation with a QQ of its own, as far as a bot gets to see one: forward WebSocket, token, events,
 * API, heartbeats, and a server of pictures. Its ids are short numbers that count anew after each restart.
 */
export class OneBotStandIn {
  /** Every one so far, for looking through what bots have printed. */
  static readonly started: OneBotStandIn[] = []
  readonly sent: SentMessage[] = []
  /** Actions that were asked for, and paths and headers of connections. */
  readonly asked: string[] = []
  readonly connections: { readonly path: string; readonly authorization: string | undefined }[] = []
  beats = 0
  /** Knocks at the door, answered or not. */
  tries = 0
  /** Pictures that were fetched, by name. */
  readonly fetched: string[] = []
  /** All words that anybody said. */
  readonly spoken: string[] = []
  readonly options: StandInOptions
  /** May be changed while clients are connected; connections that were let in stay. */
  token: string | undefined
  world: QqWorld
  online = true
  #said = new Map<number, Said>()
  #nextId = FIRST_ID
  #pictures = new Map<string, Buffer>()
  #faults: { fault: Fault; left: number }[] = []
  #clients = new Set<WebSocket>()
  #http: Server | undefined
  #port = 0
  #heart: NodeJS.Timeout | undefined
  readonly #sockets = new Set<Socket>()
  #isFrozen = false

  constructor(world: QqWorld, options: StandInOptions = {}) {
    this.world = world
    this.options = options
    this.token = options.token
    OneBotStandIn.started.push(this)
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}`
  }

  /** Where pictures lie, by name. */
  get pictureUrl(): string {
    return `http://127.0.0.1:${this.#port}${PICTURES}`
  }

  get isConnected(): boolean {
    return this.#clients.size > 0
  }

  /** On the same port as before, where there was one. */
  async start(): Promise<this> {
    const http = createServer((request, response) => {
      const name = request.url?.startsWith(PICTURES) ? request.url.slice(PICTURES.length) : ''
      const bytes = this.#pictures.get(name)
      this.fetched.push(name)
      response.writeHead(bytes ? 200 : 404).end(bytes)
    })
    const { refusesBy = 'http' } = this.options
    const server = new WebSocketServer({
      noServer: true,
      ...(refusesBy === 'http' && { verifyClient: ({ req }: { req: Request }) => this.#isWelcome(req) }),
    })
    http.on('upgrade', (request, socket, head) => {
      this.tries++
      // Knocks at a door behind which everything stands still.
      if (this.#isFrozen) socket.on('error', () => {})
      else server.handleUpgrade(request, socket, head, (client) => server.emit('connection', client, request))
    })
    server.on('connection', (socket, request) => this.#welcome(socket, request))
    http.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject).listen(this.#port, '127.0.0.1', resolve)
    })
    this.#http = http
    this.#port = (http.address() as AddressInfo).port
    const { heartbeatMs = 1_000 } = this.options
    if (heartbeatMs > 0) this.#heart = setInterval(() => this.#beat(heartbeatMs), heartbeatMs)
    return this
  }

  /** Connections are cut, and nobody listens any more. */
  async stop(): Promise<void> {
    clearInterval(this.#heart)
    for (const client of this.#clients) client.terminate()
    this.#clients.clear()
    const http = this.#http
    this.#http = undefined
    http?.closeAllConnections()
    // Those that were never answered.
    for (const socket of this.#sockets) socket.destroy()
    this.#isFrozen = false
    await new Promise<void>((resolve) => (http ? http.close(() => resolve()) : resolve()))
  }

  /** Everything stands still, as when a machine sleeps: connections stay, and nothing comes over them. */
  freeze(): void {
    this.#isFrozen = true
    for (const socket of this.#sockets) socket.pause()
  }

  /** What was asked meanwhile is answered now. */
  thaw(): void {
    this.#isFrozen = false
    for (const socket of this.#sockets) socket.resume()
  }

  /** Clients are sent away, and let in again only with what is asked for now. */
  async askForToken(token: string): Promise<void> {
    this.token = token
    for (const client of this.#clients) client.terminate()
  }

  /** As after an update: ids count anew, and nothing of before is remembered. */
  async restart(): Promise<void> {
    await this.stop()
    this.#said = new Map()
    this.#nextId = FIRST_ID
    await this.start()
  }

  /** Somebody says something in a group. @returns its `message_id` */
  inGroup(group: number, from: number, words: Words, facts: { readonly secondsAgo?: number } = {}): number {
    return this.#say({ group, from, words, ...facts })
  }

  /** Seconds since the epoch. */
  saidAt(messageId: number): number {
    return this.#said.get(messageId)!.atSeconds
  }

  /** @param by the group, for a stranger */
  inPrivate(from: number, words: Words, { by }: { readonly by?: number } = {}): number {
    return this.#say({ from, words, ...(by !== undefined && { by }) })
  }

  /** A picture as implementations hand it out. @param bytes what its address brings */
  picture(bytes: Buffer, name = `${this.#pictures.size + 1}.png`): Piece {
    this.#pictures.set(name, bytes)
    return { type: 'image', data: { file: name, sub_type: 0, url: `http://127.0.0.1:${this.#port}${PICTURES}${name}` } }
  }

  recall(messageId: number): void {
    const { group, from } = this.#said.get(messageId)!
    const where =
      group === undefined ? { notice_type: 'friend_recall' } : { notice_type: 'group_recall', group_id: group }
    this.emit({ post_type: 'notice', ...where, user_id: from, operator_id: from, message_id: messageId })
  }

  /** The account is thrown out, or comes back; the connection stays. */
  setOnline(online: boolean, { tells = true } = {}): void {
    this.online = online
    if (!online && tells) {
      const tag = { tag: 'BotOfflineEvent', message: '账号被踢下线' }
      this.emit({ post_type: 'notice', notice_type: 'bot_offline', user_id: this.world.self.number, ...tag })
    }
  }

  /** Beats no more; all else goes on. */
  stopHeart(): void {
    clearInterval(this.#heart)
  }

  fault(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? 1 })
  }

  clearFaults(): void {
    this.#faults = []
  }

  /** Any event. */
  emit(event: object): void {
    this.#send({ time: Math.floor(Date.now() / 1000), self_id: this.world.self.number, ...event })
  }

  /** A frame as it is. */
  emitRaw(frame: string): void {
    for (const client of this.#clients) client.send(frame)
  }

  /** What was said from `after` on in a place, once nothing more has come for a while. */
  async answers(
    place: { readonly group: number } | { readonly user: number },
    { after = 0, min = 1, waitMs = 20_000, quietMs = 1_500 } = {},
  ): Promise<readonly SentMessage[]> {
    const found = () => this.sent.filter(({ seq, to }) => seq > after && isSamePlace(to, place))
    await this.until(() => found().length >= min, waitMs)
    await this.until(() => Date.now() - (found().at(-1)?.atMs ?? 0) >= quietMs, waitMs)
    return found()
  }

  /** @returns whether it came true in time */
  async until(probe: () => boolean, waitMs: number): Promise<boolean> {
    for (const endMs = Date.now() + waitMs; Date.now() < endMs; await sleep(WAIT_STEP_MS)) if (probe()) return true
    return probe()
  }

  get last(): number {
    return this.sent.at(-1)?.seq ?? 0
  }

  #isWelcome(request: Request): boolean {
    const { token } = this
    if (token === undefined) return true
    const asked = new URL(request.url ?? '/', 'ws://x').searchParams.get('access_token')
    return request.headers.authorization === `Bearer ${token}` || asked === token
  }

  #welcome(socket: WebSocket, request: Request): void {
    this.connections.push({ path: request.url ?? '', authorization: request.headers.authorization })
    if (!this.#isWelcome(request)) {
      const refusal = { status: 'failed', retcode: 1403, data: null, message: 'token验证失败', wording: '', echo: null }
      socket.send(JSON.stringify(refusal))
      socket.close()
      return
    }
    this.#clients.add(socket)
    socket.on('close', () => this.#clients.delete(socket))
    socket.on('message', (raw) => this.#answer(socket, JSON.parse(raw.toString()) as Call))
    const lifecycle = { post_type: 'meta_event', meta_event_type: 'lifecycle', sub_type: 'connect' }
    socket.send(JSON.stringify({ time: Date.now() / 1000, self_id: this.world.self.number, ...lifecycle }))
  }

  #answer(socket: WebSocket, { action, params = {}, echo }: Call): void {
    this.asked.push(action)
    const fault = this.#takeFault(action)
    if (fault?.does === 'ignore') return
    if (fault?.does === 'refuse') {
      const { retcode = 1200, wording = '' } = fault
      socket.send(JSON.stringify({ status: 'failed', retcode, data: null, message: wording, wording, echo }))
      return
    }
    const result = this.options.lacks?.includes(action) ? undefined : this.#do(action, params)
    if (fault?.does === 'swallow') return
    if (fault?.does === 'promise') {
      socket.send(JSON.stringify({ status: 'async', retcode: 1, data: null, message: '', wording: '', echo }))
      return
    }
    const answer =
      result === undefined
        ? { status: 'failed', retcode: 1404, data: null, message: '不支持的Api', wording: '不支持的Api' }
        : result === null
          ? { status: 'failed', retcode: 1200, data: null, message: '消息不存在', wording: '消息不存在' }
          : { status: 'ok', retcode: 0, data: result, message: '', wording: '' }
    socket.send(JSON.stringify(fault?.does === 'no-echo' ? answer : { ...answer, echo }))
  }

  #takeFault(action: string): Fault | undefined {
    const found = this.#faults.find(({ fault, left }) => left > 0 && (fault.action === '*' || fault.action === action))
    if (found) found.left--
    return found?.fault
  }

  /** @returns undefined for an action that is not known, null for what is not there */
  #do(action: string, params: Params): object | null | undefined {
    const { self, groups } = this.world
    switch (action) {
      case 'get_login_info':
        return { user_id: self.number, nickname: self.nick }
      case 'get_status':
        return { online: this.online, good: true }
      case 'get_version_info':
        return { app_name: 'stand-in', app_version: '1.0.0', protocol_version: 'v11' }
      case 'get_group_list':
        return groups.map((group) => this.#groupInfo(group))
      case 'get_group_info':
        return this.#groupInfo(groups.find(({ number }) => number === Number(params.group_id)))
      case 'get_group_member_list': {
        const group = groups.find(({ number }) => number === Number(params.group_id))
        return group ? group.members.map((number) => this.#member(number, group.number)) : null
      }
      case 'get_group_member_info':
        return this.#member(Number(params.user_id), Number(params.group_id))
      case 'get_friend_list':
        return this.world.people
          .filter(({ isFriend = true }) => isFriend)
          .map(({ number, nick }) => ({ user_id: number, nickname: nick, remark: '' }))
      case 'get_stranger_info':
        return this.#member(Number(params.user_id), 0)
      case 'get_msg':
        return this.#stored(Number(params.message_id))
      case 'get_image':
        return { url: `http://127.0.0.1:${this.#port}${PICTURES}${params.file}` }
      case 'send_group_msg':
        return this.#take({ group: Number(params.group_id) }, params.message)
      case 'send_private_msg': {
        const group = params.group_id === undefined ? {} : { group: Number(params.group_id) }
        return this.#take({ user: Number(params.user_id), ...group }, params.message)
      }
      default:
        return undefined
    }
  }

  #groupInfo(group: QqGroup | undefined): object | null {
    return group
      ? { group_id: group.number, group_name: group.name, member_count: group.members.length, max_member_count: 500 }
      : null
  }

  #person(number: number): QqPerson | undefined {
    return [this.world.self, ...this.world.people].find((person) => person.number === number)
  }

  #member(number: number, group: number): object | null {
    const person = this.#person(number)
    const card = person?.cards?.[group] ?? ''
    return person ? { group_id: group, user_id: number, nickname: person.nick, card, role: 'member' } : null
  }

  #stored(id: number): object | null {
    const said = this.#said.get(id)
    if (!said) return null
    const { from, group, pieces, atSeconds } = said
    return {
      ...{ message_id: id, real_id: id, message_seq: id, time: atSeconds, message: this.#inFormat(pieces) },
      ...{ message_type: group === undefined ? 'private' : 'group', sender: this.#member(from, group ?? 0) },
      ...(group !== undefined && { group_id: group }),
    }
  }

  #take(to: SentMessage['to'], message: unknown): object {
    const pieces = typeof message === 'string' ? [text(message)] : (message as readonly Piece[])
    const group = 'user' in to ? undefined : to.group
    const id = this.#remember({ ...(group !== undefined && { group }), from: this.world.self.number, pieces })
    const of = (type: string, field: string): readonly string[] =>
      pieces.filter((piece) => piece.type === type).map(({ data }) => String(data[field]))
    const sent: SentMessage = {
      ...{ seq: this.sent.length + 1, id, atMs: Date.now(), to, pieces, text: of('text', 'text').join('').trim() },
      mentions: of('at', 'qq'),
      pictures: of('image', 'file').map((file) => Buffer.from(file.replace(/^base64:\/\//, ''), 'base64')),
    }
    this.sent.push(sent)
    this.spoken.push(sent.text)
    if (this.options.reportsSelf) this.#tell(this.#said.get(id)!, { post_type: 'message_sent', target: to })
    return { message_id: id }
  }

  #say({ from, words, group, by, secondsAgo = 0 }: Saying): number {
    const pieces = typeof words === 'string' ? [text(words)] : words
    const id = this.#remember({ ...(group !== undefined && { group }), from, pieces, secondsAgo })
    this.spoken.push(...pieces.flatMap(({ type, data }) => (type === 'text' ? [String(data.text)] : [])))
    this.#tell(this.#said.get(id)!, { post_type: 'message', ...(by !== undefined && { by }) })
    return id
  }

  /** The same event once more, as after a hiccup. */
  repeat(messageId: number): void {
    this.#tell(this.#said.get(messageId)!, { post_type: 'message' })
  }

  #remember({ secondsAgo = 0, ...said }: Omit<Said, 'id' | 'atSeconds'> & { readonly secondsAgo?: number }): number {
    const id = this.#nextId++
    const { now = Date.now } = this.options
    this.#said.set(id, { ...said, id, atSeconds: Math.floor(now() / 1000) - secondsAgo })
    return id
  }

  #tell(
    { id, group, from, pieces, atSeconds }: Said,
    {
      post_type,
      by,
      target,
    }: { readonly post_type: string; readonly by?: number; readonly target?: SentMessage['to'] },
  ): void {
    const where =
      group === undefined
        ? { message_type: 'private', sub_type: by === undefined ? 'friend' : 'group' }
        : { message_type: 'group', sub_type: 'normal', group_id: group }
    this.emit({
      ...{
        post_type,
        ...where,
        message_id: id,
        user_id: from,
        time: atSeconds,
        font: 14,
        message_seq: id,
        real_id: id,
      },
      ...{
        message: this.#inFormat(pieces),
        raw_message: toCqCodes(pieces),
        message_format: this.options.format ?? 'array',
      },
      sender: { ...this.#member(from, group ?? 0), ...(by !== undefined && { group_id: by }) },
      ...(target && 'user' in target && { target_id: target.user }),
    })
  }

  #inFormat(pieces: readonly Piece[]): unknown {
    return this.options.format === 'string' ? toCqCodes(pieces) : pieces
  }

  #beat(interval: number): void {
    this.beats++
    this.emit({
      ...{ post_type: 'meta_event', meta_event_type: 'heartbeat', interval },
      status: { online: this.online, good: true },
    })
  }

  #send(frame: object): void {
    if (this.#isFrozen) return
    for (const client of this.#clients) client.send(JSON.stringify(frame))
  }
}

interface Saying {
  readonly from: number
  readonly words: Words
  readonly group?: number
  readonly by?: number
  readonly secondsAgo?: number
}

type Params = Readonly<Record<string, unknown>>

interface Call {
  readonly action: string
  readonly params?: Params
  readonly echo?: unknown
}

const isSamePlace = (to: SentMessage['to'], place: { readonly group: number } | { readonly user: number }): boolean =>
  'user' in place ? 'user' in to && to.user === place.user : !('user' in to) && to.group === place.group

const escapeCq = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('[', '&#91;').replaceAll(']', '&#93;')

function toCqCodes(pieces: readonly Piece[]): string {
  return pieces
    .map(({ type, data }) => {
      if (type === 'text') return escapeCq(String(data.text))
      const fields = Object.entries(data).map(
        ([name, value]) => `,${name}=${escapeCq(String(value)).replaceAll(',', '&#44;')}`,
      )
      return `[CQ:${type}${fields.join('')}]`
    })
    .join('')
}
