/** A picture's header with its size; the tail makes each one recognisable. */
export function png(tail = 'png', { width = 2, height = 1 } = {}): Buffer {
  const header = Buffer.alloc(17)
  header.write('IHDR')
  header.writeUInt32BE(width, 4)
  header.writeUInt32BE(height, 8)
  return Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d', 'hex'), header, Buffer.from(tail)])
}

export function jpg(tail = 'jpg', { width = 2, height = 1 } = {}): Buffer {
  const frame = Buffer.from('ffc0000b080000000001011100', 'hex')
  frame.writeUInt16BE(height, 5)
  frame.writeUInt16BE(width, 7)
  // Metadata stand before the frame.
  return Buffer.concat([Buffer.from('ffd8ffe000044a46', 'hex'), frame, Buffer.from(tail)])
}

export function gif(tail = 'gif', { width = 2, height = 1 } = {}): Buffer {
  const size = Buffer.alloc(7)
  size.writeUInt16LE(width)
  size.writeUInt16LE(height, 2)
  return Buffer.concat([Buffer.from('GIF89a'), size, Buffer.from(tail)])
}

export function webp(tail = 'webp', { width = 2, height = 1 } = {}): Buffer {
  const size = Buffer.alloc(14) // length of the chunk, flags, and what counts
  size.writeUIntLE(width - 1, 8, 3)
  size.writeUIntLE(height - 1, 11, 3)
  return Buffer.concat([Buffer.from('RIFF\0\0\0\0WEBPVP8X'), size, Buffer.from(tail)])
}
