/** One person in one place. No key of a place or a person holds the separator. */
export type PersonInPlace = string

const SEPARATOR = '\u0000'

export const personInPlace = (placeKey: string, personKey: string): PersonInPlace =>
  `${placeKey}${SEPARATOR}${personKey}`
