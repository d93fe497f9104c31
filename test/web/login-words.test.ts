import { expect, test } from 'vitest'
import type { LoginStatus } from '../../src/model/ports.js'

// By address, because the page's scripts are no part of the compiled program.
const { dayTime, LOGIN_WORDS, loginWords, sinceWords } = await import(
  new URL('../../public/words.js', import.meta.url).href
)

// A new state in the model does not compile until it stands here, and then needs its words.
const STATES: Record<LoginStatus, true> = {
  starting: true,
  'waiting-scan': true,
  'logged-in': true,
  reconnecting: true,
  kicked: true,
}

test('the page has words for every state of the login, and for no other', () => {
  expect(Object.keys(LOGIN_WORDS).sort()).toEqual(Object.keys(STATES).sort())
  expect(Object.values(LOGIN_WORDS).flatMap((words) => Object.values(words as object))).not.toContain('')
})

test('says since when, by the clock in China wherever the reader is', () => {
  expect(dayTime(Date.UTC(2020, 10, 30, 1, 5))).toBe('11月30日 09:05')
  expect(sinceWords(Date.UTC(2020, 10, 30, 17, 5))).toBe('12月1日 01:05 起')
})

test('a state from a newer program is shown by its name', () => {
  expect(loginWords('asleep')).toMatchObject({ word: 'asleep', title: 'asleep' })
})

test('QQ has words of its own', () => {
  expect(loginWords('kicked', 'QQ')).toMatchObject({ title: 'QQ 账号掉线了' })
  expect(loginWords('asleep', 'QQ')).toMatchObject({ word: 'asleep' })
  expect(loginWords('reconnecting', 'QQ', 'token')).toMatchObject({ title: 'QQ 端不认口令了' })
})
