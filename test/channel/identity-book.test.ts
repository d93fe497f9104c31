import { describe, expect, test } from 'vitest'
import { type Ambiguity, IdentityBook, isUnsure, markOf } from '../../src/channel/identity.js'
import type { PersonSight, RoomSight } from '../../src/model/ports.js'
import type { IdentityRecords } from '../../src/model/stores.js'
import { fixedClock } from '../support/fixed-clock.js'

const room = (id: string, topic: string, ...namesakeIds: string[]): RoomSight => ({
  ...{ id, topic, members: [], namesakes: namesakeIds.map((other) => ({ id: other, members: [] })) },
})
const person = (id: string, facts: Partial<PersonSight> = {}): PersonSight => ({
  ...{ id, remark: '', nick: '小李', display: '', placeKey: 'room:售后群', namesakes: [] },
  ...facts,
})

const group = (
  id: string,
  topic: string,
  members: string,
  ...others: readonly [id: string, members: string][]
): RoomSight => ({
  ...{ id, topic, members: members.split(' ').map(markOf) },
  namesakes: others.map(([other, theirs]) => ({ id: other, members: theirs.split(' ').map(markOf) })),
})

/** One book after another on the same records, as restarts and logins go. */
function years() {
  let records: IdentityRecords | undefined
  const told: Ambiguity[] = []
  let book = open()
  function open(): IdentityBook {
    return new IdentityBook({
      clock: fixedClock(),
      ...(records && { records }),
      keep: (latest) => {
        records = structuredClone(latest)
      },
      onAmbiguous: (ambiguity) => void told.push(ambiguity),
    })
  }
  return {
    told,
    get book() {
      return book
    },
    get records() {
      return records
    },
    /** The process starts anew; in another login too, when an account is given. */
    restart(accountId = '@me1') {
      book = open()
      book.beginLogin(accountId)
      return book
    },
  }
}

test('gives a group and a person the same key in every login, whatever their handles', () => {
  const life = years()
  life.restart('@me1')
  const before = [life.book.roomKey(room('@@1', '售后群')), life.book.personKey(person('@li1'))]
  expect(before).toEqual(['room:售后群', 'name:小李'])
  life.restart('@me2')
  expect([life.book.roomKey(room('@@2', '售后群')), life.book.personKey(person('@li2'))]).toEqual(before)
  expect(life.book.idOf('room:售后群')).toBe('@@2')
  expect(life.book.idOf('name:小李')).toBe('@li2')
})

test('knows nobody by an old handle after a login', () => {
  const life = years()
  life.restart('@me1').roomKey(room('@@1', '售后群'))
  life.restart('@me2')
  expect(life.book.idOf('room:售后群')).toBeUndefined()
  expect(life.book.nameOf('room:售后群')).toBe('售后群')
})

test('follows a group that is renamed before its eyes, and keeps its former names', () => {
  const life = years()
  const key = life.restart('@me1').roomKey(room('@@1', '售后群'))
  expect(life.book.roomKey(room('@@1', '售后一群'))).toBe(key)
  life.restart('@me2')
  expect(life.book.roomKey(room('@@2', '售后一群'))).toBe(key)
  expect(life.records?.rooms).toMatchObject([{ key, topics: ['售后群', '售后一群'] }])
})

test('takes a new group under a name that is no more in use for a new group', () => {
  const life = years()
  const old = life.restart('@me1').roomKey(room('@@1', '售后群'))
  life.book.roomKey(room('@@1', '售后一群'))
  const fresh = life.book.roomKey(room('@@9', '售后群'))
  expect(fresh).not.toBe(old)
  life.restart('@me2')
  expect(life.book.roomKey(room('@@2', '售后群'))).toBe(fresh)
  expect(life.book.roomKey(room('@@3', '售后一群'))).toBe(old)
})

test('follows nick, display name and remark as long as the handle stays', () => {
  const life = years()
  const key = life.restart('@me1').personKey(person('@li1'))
  life.book.personKey(person('@li1', { nick: '李总', display: '悦邻-李' }))
  life.restart('@me2')
  expect(life.book.personKey(person('@li2', { nick: '李总', display: '悦邻-李' }))).toBe(key)
  life.book.personKey(person('@li2', { nick: '李总', remark: '悦邻李总' }))
  life.restart('@me3')
  expect(life.book.personKey(person('@li3', { nick: '随便叫', remark: '悦邻李总', placeKey: 'direct' }))).toBe(key)
})

test('knows the same person in a group and in a direct chat', () => {
  const life = years()
  const key = life.restart('@me1').personKey(person('@li1'))
  expect(life.book.personKey(person('@li1', { placeKey: 'direct' }))).toBe(key)
  life.restart('@me2')
  expect(life.book.personKey(person('@li2', { placeKey: 'direct' }))).toBe(key)
})

test('never takes a namesake of another group for the person', () => {
  const life = years()
  const here = life.restart('@me1').personKey(person('@a'))
  const there = life.book.personKey(person('@b', { placeKey: 'room:内测群' }))
  expect(there).not.toBe(here)
  life.restart('@me2')
  expect(life.book.personKey(person('@c', { placeKey: 'room:内测群' }))).toBe(there)
  expect(life.book.personKey(person('@d', { placeKey: 'room:第三群' }))).not.toBe(here)
})

test('does not give what belongs to a remark to who merely bears it as a nick', () => {
  const life = years()
  const key = life.restart('@me1').personKey(person('@xu', { nick: '徐', remark: '管理员' }))
  life.restart('@me2')
  expect(life.book.personKey(person('@forger', { nick: '管理员' }))).not.toBe(key)
  expect(life.book.personKey(person('@forger2', { nick: '徐' }))).not.toBe(key)
})

test('says that it can not tell groups of one name apart, once', () => {
  const life = years()
  life.restart('@me1')
  const keys = [life.book.roomKey(room('@@1', '售后群', '@@2')), life.book.roomKey(room('@@2', '售后群', '@@1'))]
  expect(new Set(keys).size).toBe(2)
  expect(life.told).toEqual([{ kind: 'room', name: '售后群' }])
  life.restart('@me2')
  const later = [life.book.roomKey(room('@@3', '售后群', '@@4')), life.book.roomKey(room('@@4', '售后群', '@@3'))]
  expect(later.some((key) => keys.includes(key))).toBe(false)
  expect(life.told).toHaveLength(1)
})

test('gives nothing of a group to one of two that bear its name later', () => {
  const life = years()
  const old = life.restart('@me1').roomKey(room('@@1', '售后群'))
  life.restart('@me2')
  expect(life.book.roomKey(room('@@2', '售后群', '@@3'))).not.toBe(old)
  expect(life.book.roomKey(room('@@3', '售后群', '@@2'))).not.toBe(old)
  // Also when only one of them is in sight at first.
  life.restart('@me3')
  expect(life.book.roomKey(room('@@4', '售后群'))).not.toBe(old)
})

test('keeps a group that it knows by its handle when a namesake turns up, but not beyond the login', () => {
  const life = years()
  const key = life.restart('@me1').roomKey(room('@@1', '售后群'))
  const newcomer = life.book.roomKey(room('@@2', '售后群', '@@1'))
  expect(newcomer).not.toBe(key)
  expect(life.book.roomKey(room('@@1', '售后群', '@@2'))).toBe(key)
  expect(life.restart('@me1').roomKey(room('@@1', '售后群', '@@2'))).toBe(key)
  life.restart('@me2')
  expect(life.book.roomKey(room('@@3', '售后群'))).not.toBe(key)
})

test('marks the known one of two namesakes though only the other one speaks', () => {
  const life = years()
  const key = life.restart('@me1').personKey(person('@a'))
  life.book.personKey(person('@b', { namesakes: [{ id: '@a', display: '' }] }))
  life.restart('@me2')
  expect(life.book.personKey(person('@c'))).not.toBe(key)
})

test('takes up a group again once it is told apart by a new name', () => {
  const life = years()
  life.restart('@me1')
  const key = life.book.roomKey(room('@@1', '售后群', '@@2'))
  expect(life.book.roomKey(room('@@1', '售后二群'))).toBe(key)
  life.restart('@me2')
  expect(life.book.roomKey(room('@@3', '售后二群'))).toBe(key)
})

test('tells members of one nick apart by display name, and not at all without', () => {
  const life = years()
  life.restart('@me1')
  const a = person('@a', { display: '甲方-李', namesakes: [{ id: '@b', display: '乙方-李' }] })
  const b = person('@b', { display: '乙方-李', namesakes: [{ id: '@a', display: '甲方-李' }] })
  const keys = [life.book.personKey(a), life.book.personKey(b)]
  expect(life.told).toEqual([])
  life.restart('@me2')
  const again = [
    life.book.personKey({ ...b, id: '@y', namesakes: [{ id: '@x', display: '甲方-李' }] }),
    life.book.personKey({ ...a, id: '@x', namesakes: [{ id: '@y', display: '乙方-李' }] }),
  ]
  expect(again).toEqual([keys[1], keys[0]])
  life.restart('@me3')
  const twin = person('@t', { nick: '小王', namesakes: [{ id: '@u', display: '' }] })
  const twins = [
    life.book.personKey(twin),
    life.book.personKey({ ...twin, id: '@u', namesakes: [{ id: '@t', display: '' }] }),
  ]
  expect(new Set(twins).size).toBe(2)
  expect(life.told).toEqual([{ kind: 'person', name: '小王' }])
  life.restart('@me4')
  expect(twins).not.toContain(life.book.personKey(person('@v', { nick: '小王' })))
})

test('treats groups without a name as what they are: all alike', () => {
  const life = years()
  const key = life.restart('@me1').roomKey(room('@@1', ''))
  life.restart('@me2')
  expect(life.book.roomKey(room('@@2', ''))).not.toBe(key)
})

test('finds the handle of an uncertain key in its own login only', () => {
  const life = years()
  const key = life.restart('@me1').roomKey(room('@@1', '售后群', '@@2'))
  expect(life.book.idOf(key)).toBe('@@1')
  life.restart('@me2')
  expect(life.book.idOf(key)).toBeUndefined()
})

test('forgets who was not seen for longest, and writes only what is news', () => {
  const clock = fixedClock()
  const kept: IdentityRecords[] = []
  const book = new IdentityBook({ clock, maxPeople: 2, keep: (records) => void kept.push(records) })
  book.beginLogin('@me')
  for (const name of ['甲', '乙', '甲', '丙']) {
    book.personKey(person(`@${name}`, { nick: name }))
    clock.pass(2 * 3_600_000)
  }
  expect(kept.at(-1)?.people.map(({ key }) => key)).toEqual(['name:甲', 'name:丙'])
  const writes = kept.length
  book.personKey(person('@丙', { nick: '丙' }))
  book.personKey(person('@丙', { nick: '丙' }))
  expect(kept.length).toBeLessThanOrEqual(writes + 1)
})

test('knows a person by any name, and forgets one by the key, who is a stranger afterwards', () => {
  const kept: unknown[] = []
  const book = new IdentityBook({ clock: fixedClock(), keep: (records) => kept.push(records) })
  const sight = { id: '@li', remark: '', nick: '小李', display: '悦邻社区-小李', placeKey: 'room:一群', namesakes: [] }
  const key = book.personKey(sight)
  book.personKey({ ...sight, id: '@wang', nick: '王老板', display: '' })
  expect(book.people().find(({ names }) => names.includes('悦邻社区-小李'))).toEqual({
    ...{ key, names: ['', '小李', '悦邻社区-小李'] },
  })
  book.forget({ names: ['小李', '悦邻社区-小李'], keys: [key], tickets: [], said: [] })
  expect(JSON.stringify(kept.at(-1))).not.toContain('小李')
  expect(JSON.stringify(kept.at(-1))).toContain('王老板')
  expect([book.nameOf(key), book.idOf(key)]).toEqual([undefined, undefined])
})

describe('a group in another login', () => {
  const COLLEAGUES = '陈工 赵经理 孙工'
  const OURS = `王老板 ${COLLEAGUES}`

  /** Each of three customers' groups is looked after by the same colleagues. */
  function known() {
    const life = years()
    life.restart('@me1')
    const key = life.book.roomKey(group('@@1', '悦邻售后群', OURS))
    life.book.roomKey(group('@@2', '同城售后群', `路人甲 ${COLLEAGUES}`))
    life.restart('@me2')
    return { life, key }
  }

  test.each([
    ['as it was', OURS],
    ['with more people', `${OURS} 新来的 又一个`],
    ['without the colleagues', '王老板 新来的 又一个'],
  ])('is known again by its name and its members, %s', (_how, members) => {
    const { life, key } = known()
    expect(life.book.roomKey(group('@@9', '悦邻售后群', members))).toBe(key)
    expect(life.told).toEqual([])
  })

  test.each([
    ['of one customer', `路人甲 ${COLLEAGUES}`],
    ['of strangers', '路人甲 路人乙'],
  ])(
    'is not taken for another one %s that took its name while it is not listed, and people are told',
    (_who, members) => {
      const { life, key } = known()
      expect(life.book.roomKey(group('@@9', '悦邻售后群', members))).not.toBe(key)
      expect(life.told).toEqual([{ kind: 'strangers', name: '悦邻售后群' }])
      expect(life.book.roomKey(group('@@8', '悦邻售后群', OURS, ['@@9', members]))).toBe(key)
      expect(life.told).toHaveLength(1)
    },
  )

  test('is known beside one that took its name, whichever is seen first', () => {
    const evil = `路人甲 ${COLLEAGUES}`
    for (const isOursFirst of [true, false]) {
      const { life, key } = known()
      const ours = () => life.book.roomKey(group('@@9', '悦邻售后群', OURS, ['@@8', evil]))
      const theirs = () => life.book.roomKey(group('@@8', '悦邻售后群', evil, ['@@9', OURS]))
      const keys = isOursFirst ? [ours(), theirs()] : [theirs(), ours()].reverse()
      expect(keys[0]).toBe(key)
      expect(keys[1]).not.toBe(key)
      life.restart('@me3')
      expect(life.book.roomKey(group('@@7', '悦邻售后群', OURS))).toBe(key)
    }
  })

  test('is nobody’s as long as nobody is listed in it', () => {
    const { life, key } = known()
    const blind = life.book.roomKey({ id: '@@9', topic: '悦邻售后群', members: [], namesakes: [] })
    expect(isUnsure(blind)).toBe(true)
    expect(life.told).toEqual([])
    expect(life.book.roomKey(group('@@9', '悦邻售后群', OURS))).toBe(key)
  })

  test('keeps no mark of a person who is forgotten', () => {
    const { life } = known()
    life.book.forget({ names: ['王老板'], keys: [], tickets: [], said: [] })
    expect(JSON.stringify(life.records)).not.toContain(markOf('王老板'))
  })

  test('of an earlier version, whose members nobody noted, goes by its name once', () => {
    const life = years()
    life.restart('@me1')
    const key = life.book.roomKey(room('@@1', '售后群'))
    life.restart('@me2')
    expect(life.book.roomKey(group('@@2', '售后群', OURS))).toBe(key)
    life.restart('@me3')
    expect(life.book.roomKey(group('@@3', '售后群', '路人甲'))).not.toBe(key)
  })
})
