export interface FormField {
  readonly fileName?: string
  readonly contentType?: string
  readonly bytes: Buffer
}

/** Fields of a `multipart/form-data` body by name; empty when it is none. */
export function parseMultipart(body: Buffer, contentType = ''): ReadonlyMap<string, FormField> {
  const fields = new Map<string, FormField>()
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1]
  if (!boundary) return fields
  const mark = Buffer.from(`--${boundary.trim()}`)
  let start = body.indexOf(mark)
  for (;;) {
    const end = body.indexOf(mark, start + mark.length)
    if (start === -1 || end === -1) return fields
    // A part lies between two marks, with a line end after the first and before the second.
    addPart(fields, body.subarray(start + mark.length + 2, end - 2))
    start = end
  }
}

function addPart(fields: Map<string, FormField>, part: Buffer): void {
  const headEnd = part.indexOf('\r\n\r\n')
  const head = part.subarray(0, headEnd).toString()
  const name = /\bname="([^"]*)"/.exec(head)?.[1]
  if (headEnd === -1 || name === undefined) return
  const fileName = /\bfilename="([^"]*)"/.exec(head)?.[1]
  const contentType = /content-type:\s*([^\r\n]+)/i.exec(head)?.[1]
  fields.set(name, {
    bytes: Buffer.from(part.subarray(headEnd + 4)),
    ...(fileName !== undefined && { fileName }),
    ...(contentType !== undefined && { contentType }),
  })
}
