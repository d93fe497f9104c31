const NEAR_END_PX = 80

/**
 * Keeps a list at its end until somebody scrolls up to read.
 *
 * @param {HTMLElement} list
 * @param {HTMLElement} newer the button that tells how much has come meanwhile, and leads there
 * @returns {{ toEnd: () => void, follow: () => void, arrived: () => void }} `follow` after something grew, `arrived` after a new row
 */
export function followEnd(list, newer) {
  // Only people scroll away from the end; growing pictures and a shrinking window must not.
  let isFollowing = true
  let lastTop = 0
  let missedCount = 0

  const toEnd = () => {
    list.scrollTop = list.scrollHeight
    isFollowing = true
    missedCount = 0
    newer.hidden = true
  }
  const follow = () => {
    if (isFollowing) toEnd()
  }
  const arrived = () => {
    if (isFollowing) return toEnd()
    missedCount++
    newer.textContent = `↓ ${missedCount} 条新消息`
    newer.hidden = false
  }
  list.addEventListener('scroll', () => {
    const fromEnd = list.scrollHeight - list.scrollTop - list.clientHeight
    if (fromEnd < NEAR_END_PX) {
      if (missedCount > 0) toEnd()
      isFollowing = true
    } else if (list.scrollTop < lastTop) isFollowing = false
    lastTop = list.scrollTop
  })
  newer.addEventListener('click', toEnd)
  new ResizeObserver(follow).observe(list)
  return { toEnd, follow, arrived }
}
