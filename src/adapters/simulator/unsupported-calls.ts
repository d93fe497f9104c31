import type { Puppet } from 'wechaty-puppet'

/**
 * What Wechaty may ask of a puppet and this one has not. TypeScript does not demand these methods of a subclass, and a
 * missing one would be an obscure "is not a function" far away.
 */
const UNSUPPORTED_CALLS = [
  ...['contactPhone', 'contactCorporationRemark', 'contactDescription', 'contactAvatar'],
  ...['contactSelfName', 'contactSelfQRCode', 'contactSelfSignature'],
  ...['friendshipAccept', 'friendshipAdd', 'friendshipSearchPhone', 'friendshipSearchHandle'],
  ...['friendshipRawPayload', 'friendshipRawPayloadParser'],
  ...['messageContact', 'messageMiniProgram', 'messageUrl', 'messageLocation', 'messageForward', 'messageRecall'],
  ...['messageSendContact', 'messageSendLocation', 'messageSendMiniProgram', 'messageSendPost', 'messageSendUrl'],
  ...['postRawPayload', 'postRawPayloadParser', 'postPublish', 'postSearch', 'tap', 'tapSearch'],
  ...['roomAdd', 'roomAnnounce', 'roomAvatar', 'roomCreate', 'roomDel', 'roomQRCode', 'roomQuit'],
  ...['roomInvitationAccept', 'roomInvitationRawPayload', 'roomInvitationRawPayloadParser'],
  ...['tagContactAdd', 'tagContactDelete', 'tagContactList', 'tagContactRemove'],
] as const

/** Makes every call that a puppet lacks reject with a sentence that names it. */
export function refuseUnsupportedCalls(puppet: Puppet): void {
  for (const call of UNSUPPORTED_CALLS) {
    if (call in puppet) continue
    const refuse = async (): Promise<never> => {
      throw new Error(`the simulator does not support ${call}`)
    }
    Object.defineProperty(puppet, call, { value: refuse, configurable: true })
  }
}
