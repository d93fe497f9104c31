/** Enough of a file to be told apart by its first bytes; the tail makes each one recognisable. */
export const png = (tail = 'png'): Buffer => Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from(tail)])
export const jpg = (tail = 'jpg'): Buffer => Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.from(tail)])
export const gif = (tail = 'gif'): Buffer => Buffer.from(`GIF89a${tail}`)
