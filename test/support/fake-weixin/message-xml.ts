import { createHash } from 'node:crypto'
import type { QuotedText } from './message-spec.js'
import { randomHex, randomMessageId } from './random.js'

/** What the service does to every text and XML before it stands in a message. */
export function webEscape(text: string): string {
  return xmlEscape(text).replace(/\r?\n/g, '<br/>')
}

/** Emoji as the service writes them in texts and names. */
export function emojiToSpans(text: string): string {
  const span = (emoji: string) => `<span class="emoji emoji${emoji.codePointAt(0)?.toString(16)}"></span>`
  return text.replace(/\p{Extended_Pictographic}/gu, span)
}

export function imageXml(bytes: Buffer): string {
  const md5 = createHash('md5').update(bytes).digest('hex')
  const key = randomHex(16)
  return [
    '<?xml version="1.0"?>',
    '<msg>',
    `\t<img aeskey="${key}" encryver="0" cdnthumbaeskey="${key}" cdnthumburl="3057${randomHex(20)}"` +
      ' cdnthumblength="4000" cdnthumbheight="120" cdnthumbwidth="120" cdnmidheight="0" cdnmidwidth="0"' +
      ` cdnhdheight="0" cdnhdwidth="0" cdnmidimgurl="3057${randomHex(20)}" length="${bytes.length}" md5="${md5}" />`,
    '</msg>',
    '',
  ].join('\n')
}

export function voiceXml(): string {
  return '<msg><voicemsg endflag="1" length="1200" voicelength="1500" /></msg>'
}

export function videoXml(): string {
  return '<?xml version="1.0"?>\n<msg>\n\t<videomsg length="1000" playlength="5" /></msg>'
}

export function stickerXml(): string {
  const url = `http://emoji.qpic.cn/wx_emoji/${randomHex(12)}/`
  return `<msg><emoji type="2" md5="${randomHex(16)}" len="1024" cdnurl="${url}" width="120" height="120"></emoji></msg>`
}

export function linkXml({ title, description, url }: { title: string; description: string; url: string }): string {
  return appMessage(
    `<title>${xmlEscape(title)}</title><des>${xmlEscape(description)}</des><type>5</type><url>${xmlEscape(url)}</url>`,
  )
}

export function fileXml(fileName: string, byteCount: number): string {
  const ending = fileName.includes('.') ? fileName.slice(fileName.lastIndexOf('.') + 1) : ''
  return appMessage(
    `<title>${xmlEscape(fileName)}</title><des></des><type>6</type><url></url>` +
      `<appattach><totallen>${byteCount}</totallen><attachid>@cdn_${randomHex(20)}</attachid>` +
      `<fileext>${xmlEscape(ending)}</fileext></appattach>`,
  )
}

export function miniProgramXml(title: string): string {
  return appMessage(
    `<title>${xmlEscape(title)}</title><des></des><type>33</type><url>https://mp.weixin.qq.com/</url>` +
      '<sourcedisplayname>小程序</sourcedisplayname>' +
      '<appattach><cdnthumburl>305</cdnthumburl><cdnthumbaeskey>aa</cdnthumbaeskey></appattach>' +
      '<weappinfo><username>gh_x@app</username><appid>wx123</appid><pagepath>pages/index.html</pagepath>' +
      '<weappiconurl>http://mmbiz.qpic.cn/x</weappiconurl><shareId></shareId></weappinfo>',
  )
}

/** A reply with a quotation; `inGroup` because the ids inside are of another form there. */
export function quoteXml(text: string, quote: QuotedText, inGroup: boolean): string {
  const quotedContent = quote.isPicture ? '<msg><img aeskey="x" /></msg>' : quote.text
  return [
    '<?xml version="1.0"?>',
    '<msg>',
    '\t<appmsg appid="" sdkver="0">',
    `\t\t<title>${xmlEscape(text)}</title>`,
    '\t\t<type>57</type>',
    '\t\t<appattach><cdnthumbaeskey /><aeskey></aeskey></appattach>',
    '\t\t<refermsg>',
    `\t\t\t<type>${quote.isPicture ? 3 : 1}</type>`,
    `\t\t\t<svrid>${quote.msgId ?? randomMessageId()}</svrid>`,
    `\t\t\t<fromusr>${inGroup ? '12345678901@chatroom' : 'wxid_x'}</fromusr>`,
    `\t\t\t<chatusr>${inGroup ? 'wxid_quoted' : ''}</chatusr>`,
    `\t\t\t<displayname>${xmlEscape(quote.name)}</displayname>`,
    `\t\t\t<content>${xmlEscape(quotedContent)}</content>`,
    '\t\t</refermsg>',
    '\t</appmsg>',
    '\t<fromusername>wxid_y</fromusername>',
    '</msg>',
    '',
  ].join('\n')
}

/** @param who as the notice names the person, quotation marks included */
export function recallXml({ msgId, who, inGroup }: { msgId: string; who: string; inGroup: boolean }): string {
  return (
    `<sysmsg type="revokemsg"><revokemsg><session>${inGroup ? '12345@chatroom' : 'wxid_x'}</session>` +
    `<oldmsgid>1067${msgId.slice(0, 6)}</oldmsgid><msgid>${msgId}</msgid>` +
    `<replacemsg><![CDATA[${who}撤回了一条消息]]></replacemsg></revokemsg></sysmsg>`
  )
}

export function openChatsXml(): string {
  return "<msg>\n<op id='4'>\n<username>filehelper</username>\n</op>\n</msg>"
}

function appMessage(inner: string): string {
  return `<msg><appmsg appid="" sdkver="0">${inner}</appmsg><fromusername>wxid_y</fromusername></msg>`
}

function xmlEscape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
