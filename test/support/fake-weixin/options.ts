/** How the stand-in behaves. Every field may be changed while it runs; it counts from the next request on. */
export interface FakeWeixinOptions {
  /** Host that a login is sent to: `wx.qq.com`, `wx2.qq.com`, `web.wechat.com`; the client derives all others from it. */
  host: string
  /** Scan and confirm every QR code without being told. */
  autoScan: boolean
  /** From showing a QR code to its scan, and from there to the tap on the phone. */
  scanDelayMs: number
  confirmDelayMs: number
  /** A code that nobody confirmed for so long is worthless. */
  qrLifetimeMs: number
  /** How long `synccheck` and the login poll stay open when nothing happens; about 25 s in reality. */
  longPollMs: number
  /** Refuse logins without the UOS headers with 1203, as most accounts experience it. */
  requireUos: boolean
  /** Refuse every login with this number, e.g. 1203; `null` lets them in. */
  denyLogin: number | null
  /** Tell the client its open chats after the first init (message type 51). */
  statusNotify: boolean
  /** What a resumed session is given: all that it has not fetched, or nothing old. Which is true is a guess. */
  onInit: 'unacked' | 'latest'
  /** What a new login is given: nothing old, or the last `recentCount` messages once more. */
  onLogin: 'latest' | 'recent'
  recentCount: number
  /** Write emoji as `<span class="emoji …">`, as the service does. */
  emojiSpans: boolean
  /** Tell the client at once of changed names, topics, members and remarks. */
  pushChanges: boolean
  /** Refuse sends with `ret` beyond `max` in a sliding window. */
  rateLimit: { max: number; windowMs: number; ret: number } | null
  /** Refuse longer texts with `ret`; the true limit is unpublished. */
  maxText: { chars: number; ret: number } | null
  /** Every send takes so long to be answered. */
  sendLatencyMs: number
  /** The service's clock, by which messages are dated, is ahead of the machine's. */
  clockAheadMs: number
}

export const DEFAULT_OPTIONS: Readonly<FakeWeixinOptions> = {
  host: 'wx.qq.com',
  autoScan: true,
  scanDelayMs: 250,
  confirmDelayMs: 250,
  qrLifetimeMs: 300_000,
  longPollMs: 25_000,
  requireUos: true,
  denyLogin: null,
  statusNotify: true,
  onInit: 'unacked',
  onLogin: 'latest',
  recentCount: 20,
  emojiSpans: true,
  pushChanges: true,
  rateLimit: null,
  maxText: null,
  sendLatencyMs: 0,
  clockAheadMs: 0,
}
