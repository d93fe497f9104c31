import { type Backend, type Route, type Routes, withSession } from './backend.js'
import type { Exchange } from './exchange.js'
import type { MessageEntry } from './feed.js'
import { type FormField, parseMultipart } from './multipart.js'
import { pngPicture, sniffMime } from './pictures.js'
import { randomHex } from './random.js'
import type { Session } from './session.js'

const NO_FILE = 1
const AVATAR = pngPicture({ width: 1, height: 1 })

/** Pictures and files, up and down. */
export const mediaRoutes: Routes = {
  webwxuploadmedia: upload,
  webwxcheckupload: (_, exchange) => exchange.answer({ MediaId: '', Signature: '' }),
  webwxgetmsgimg: download(({ feed }, { query }) => feed.message(query.get('MsgID') ?? query.get('msgid'))),
  webwxgetmedia: download(({ feed }, { query }) => feed.file(query.get('filename'))),
  webwxgeticon: (_, exchange) => exchange.bytes(AVATAR, 'image/png'),
  webwxgetheadimg: (_, exchange) => exchange.bytes(AVATAR, 'image/png'),
}

interface UploadRequest {
  readonly BaseRequest?: { readonly Sid?: string }
  readonly TotalLen?: number
  readonly ClientMediaId?: unknown
}

function upload({ journal, logins }: Backend, exchange: Exchange): void {
  const form = parseMultipart(exchange.body, exchange.headers['content-type'])
  const request = JSON.parse(textOf(form.get('uploadmediarequest')) || '{}') as UploadRequest
  const session = logins.find({ sid: request.BaseRequest?.Sid, skey: undefined })
  if (!session || session.endedWith !== null) {
    exchange.refuse(session?.endedWith ?? 1101)
    return
  }
  if (textOf(form.get('webwx_data_ticket')) !== session.dataTicket) journal.violate('data ticket of another login')
  const file = form.get('filename')
  if (file?.fileName === undefined) {
    exchange.refuse(NO_FILE)
    return
  }
  const bytes = collect(session, form, String(request.ClientMediaId))
  if (!bytes) {
    exchange.answer({ MediaId: '', StartPos: 0, EncryFileName: '' })
    return
  }
  if (bytes.length !== request.TotalLen) journal.violate('upload of another size than announced')
  const mediaId = `@crypt_${randomHex(8)}_${randomHex(60)}`
  session.uploads.set(mediaId, { fileName: file.fileName, bytes })
  journal.note('uploaded', { fileName: file.fileName, size: bytes.length })
  exchange.answer({ MediaId: mediaId, StartPos: bytes.length, EncryFileName: encodeURIComponent(file.fileName) })
}

/** Larger files come in pieces. @returns the whole file, or undefined while pieces are missing */
function collect(session: Session, form: ReadonlyMap<string, FormField>, id: string): Buffer | undefined {
  const piece = form.get('filename')?.bytes ?? Buffer.alloc(0)
  if (!form.has('chunks')) return piece
  const pieces = session.unfinishedUploads.get(id) ?? []
  pieces[Number(textOf(form.get('chunk')))] = piece
  session.unfinishedUploads.set(id, pieces)
  const isComplete = pieces.filter(Boolean).length === Number(textOf(form.get('chunks')))
  if (!isComplete) return undefined
  session.unfinishedUploads.delete(id)
  return Buffer.concat(pieces)
}

function download(find: (backend: Backend, exchange: Exchange) => MessageEntry | undefined): Route {
  return withSession((backend, exchange) => {
    const message = find(backend, exchange)?.message
    if (!message || !('bytes' in message)) {
      exchange.status(404)
      return
    }
    backend.journal.note('downloaded', { name: exchange.name, size: message.bytes.length })
    exchange.bytes(message.bytes, sniffMime(message.bytes))
  })
}

function textOf(field: FormField | undefined): string {
  return field?.bytes.toString() ?? ''
}
