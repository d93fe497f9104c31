import { type LookupAddress, lookup } from 'node:dns'
import { get as getHttp, type IncomingMessage as Response } from 'node:http'
import { get as getHttps } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { SECOND_MS } from '../../base/time.js'
import { MAX_PICTURE_BYTES } from '../hearing.js'
import type { OneBotConnection } from './connection.js'
import { field, imageInfo, type Segment } from './protocol.js'

const TIMEOUT_MS = 8 * SECOND_MS

/** Addresses of this machine and its own network: nobody out there may have the bot ask them anything. */
const INSIDE = new BlockList()
for (const [net, bits] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['224.0.0.0', 3],
  ] as const),
] as const)
  INSIDE.addSubnet(net, bits, 'ipv4')
for (const [net, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
  ['64:ff9b::', 96],
] as const)
  INSIDE.addSubnet(net, bits, 'ipv6')

export const isInside = (address: string): boolean => INSIDE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

export interface PictureLoading {
  readonly ask: Pick<OneBotConnection, 'call'>
  /** Where the implementation runs: it may hand out addresses of its own machine, and no other of the inside. */
  readonly ownHost: string
}

/**
 * Brings the bytes of a picture. The address is the implementation's: it stands in the segment, or is asked for, once
 * more where it has expired. What people write is never fetched.
 *
 * @throws Error when there is no picture to be had; its message holds no address
 */
export async function loadPicture(picture: Segment, { ask, ownHost }: PictureLoading): Promise<Uint8Array> {
  const told = field(picture, 'url')
  const file = field(picture, 'file')
  if (isWeb(told)) {
    try {
      return await download(told, ownHost)
    } catch (error) {
      if (!(error instanceof HttpError) || file === '') throw error
    }
  }
  if (file === '') throw new Error('a picture without an address')
  const { url, base64 } = await ask.call('get_image', { file }, { answer: imageInfo })
  if (isWeb(url)) {
    if (url === told) throw new Error('the address has expired')
    return download(url, ownHost)
  }
  if (base64 === '' || base64.length > (MAX_PICTURE_BYTES * 4) / 3 + 4) throw new Error('a picture without an address')
  return new Uint8Array(Buffer.from(base64, 'base64'))
}

const isWeb = (url: string): boolean => /^https?:\/\//i.test(url) && URL.canParse(url)

/** Once, no further than it says, no more than a picture takes. */
function download(url: string, ownHost: string): Promise<Uint8Array> {
  const { protocol, hostname } = new URL(url)
  const mayBeInside = isSameHost(hostname, ownHost)
  const bare = hostname.replace(/^\[|\]$/g, '')
  // An address in numbers is not looked up.
  if (!mayBeInside && isIP(bare) !== 0 && isInside(bare)) return Promise.reject(new Error('an address of the inside'))
  const get = protocol === 'https:' ? getHttps : getHttp
  return new Promise((resolve, reject) => {
    const options = { signal: AbortSignal.timeout(TIMEOUT_MS), ...(!mayBeInside && { lookup: lookUpOutside }) }
    const asked = get(url, options, (response) => {
      collect(response).then(resolve, (error: unknown) => {
        asked.destroy()
        reject(error)
      })
    })
    asked.once('error', (error: NodeJS.ErrnoException) => reject(new Error(error.code ?? error.name)))
  })
}

class HttpError extends Error {}

async function collect(response: Response): Promise<Uint8Array> {
  // A redirection would lead elsewhere.
  if (response.statusCode !== 200) throw new HttpError(`HTTP ${response.statusCode}`)
  if (Number(response.headers['content-length'] ?? 0) > MAX_PICTURE_BYTES) throw new Error('too large')
  const parts: Buffer[] = []
  let length = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length
    if (length > MAX_PICTURE_BYTES) throw new Error('too large')
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}

/** Looks at the very addresses that are then connected to: a name can't mean another one a moment later. */
const lookUpOutside: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: readonly LookupAddress[]) => {
    const outside = error ? [] : addresses.filter(({ address }) => !isInside(address))
    const [first] = outside
    if (!first) done(error ?? Object.assign(new Error('an address of the inside'), { code: 'EACCES' }), '', 0)
    else if (options.all) done(null, [...outside])
    else done(null, first.address, first.family)
  })
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

const isSameHost = (one: string, other: string): boolean =>
  one === other || (LOOPBACK.test(one) && LOOPBACK.test(other))
