import { FileBox } from 'file-box'
import { type Message, ScanStatus, types, WechatyBuilder } from 'wechaty'

/**
 * A bare Wechaty bot on `wechaty-puppet-wechat4u`: it repeats what it is told and prints one JSON line per event. Its
 * memory card `echo.memory-card.json` lies in the working directory.
 */

const bot = WechatyBuilder.build({ name: 'echo', puppet: 'wechaty-puppet-wechat4u' })

function print(event: string, facts: object = {}): void {
  console.log(JSON.stringify({ event, ...facts }))
}

/** Direct messages, mentions and pictures are answered; `备注…` in a direct chat sets the sender's remark. */
async function answer(message: Message): Promise<void> {
  const room = message.room()
  if (message.self()) return
  if (message.type() === types.Message.Image) {
    const picture = await message.toFileBox()
    const copy = FileBox.fromBuffer(await picture.toBuffer(), '回图.png')
    await (room ?? message.talker()).say(copy)
  } else if (message.type() === types.Message.Text) {
    if (room && (await message.mentionSelf())) await room.say(`收到：${await message.mentionText()}`)
    if (!room && message.text().startsWith('备注')) await message.talker().alias(message.text().slice(2))
    if (!room) await message.talker().say(`收到：${message.text()}`)
  }
}

async function hear(message: Message): Promise<void> {
  const room = message.room()
  print('message', {
    id: message.id,
    type: types.Message[message.type()],
    text: message.text(),
    self: message.self(),
    talker: message.talker().name(),
    alias: await message.talker().alias(),
    talkerId: message.talker().id,
    topic: await room?.topic(),
    roomId: room?.id,
  })
  await answer(message)
}

bot.on('error', (error) => print('error', { message: error.message }))
bot.on('scan', (code, status) => print('scan', { code, status: ScanStatus[status] }))
bot.on('login', (user) => print('login', { name: user.name(), id: user.id }))
bot.on('logout', () => print('logout'))
bot.on('room-topic', (_, topic, oldTopic) => print('room-topic', { topic, oldTopic }))
bot.on('message', (message) => {
  hear(message).catch((error: Error) => print('failed', { message: error.message }))
})
await bot.start()
