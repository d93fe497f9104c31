import type { SimulatedPerson, World } from '../simulator/world.js'

export type Refusal = { readonly error: string; readonly status: 400 | 403 | 404 }

/** The person that the page plays; the bot plays itself. */
export function player(world: World, id: string | undefined): SimulatedPerson | Refusal {
  const person = id === undefined || id === world.botId ? undefined : world.person(id)
  return person ?? { error: '没有这个人，请重新选择「我是」', status: 404 }
}
