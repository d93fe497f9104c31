// Draws one red arrow for each <i class="arrow" data-from="#a right" data-to="#b left">, from edge to edge, so that no
// source file has to know pixel positions. A classic script, so that a source also opens straight from the disk.
function anchorOf(place, gapPx) {
  const [selector, side] = place.split(' ')
  const box = document.querySelector(selector).getBoundingClientRect()
  const [dx, dy] = { left: [-1, 0], right: [1, 0], top: [0, -1], bottom: [0, 1] }[side]
  return {
    x: box.x + box.width / 2 + dx * (box.width / 2 + gapPx),
    y: box.y + box.height / 2 + dy * (box.height / 2 + gapPx),
    dx,
    dy,
  }
}

function arrowMarkup(arrow) {
  // Gaps clear the 8 px offset and 6 px stroke of a frame; the head adds its own length at the far end.
  const start = anchorOf(arrow.dataset.from, 18)
  const end = anchorOf(arrow.dataset.to, 46)
  // Little room across means a tight curve: a long drop between two columns must stay in the gap between them.
  const bend = Math.min(Math.hypot(end.x - start.x, end.y - start.y) * 0.4, 30 + Math.abs(end.x - start.x) * 0.5)
  const out = `${start.x + start.dx * bend} ${start.y + start.dy * bend}`
  const back = `${end.x + end.dx * bend} ${end.y + end.dy * bend}`
  const path = `M${start.x} ${start.y} C${out} ${back} ${end.x} ${end.y}`
  const degrees = (Math.atan2(-end.dy, -end.dx) * 180) / Math.PI
  const head = `<path d="M-2 -17 L28 0 L-2 17 Z" transform="translate(${end.x} ${end.y}) rotate(${degrees})" fill="#e0322b"/>`
  return `<path d="${path}" fill="none" stroke="#fff" stroke-width="14"/><path d="${path}" fill="none" stroke="#e0322b" stroke-width="7"/>${head}`
}

document.fonts.ready.then(() => {
  const arrows = [...document.querySelectorAll('i.arrow')]
  const size = `width="${document.body.offsetWidth}" height="${document.body.offsetHeight}"`
  document.body.insertAdjacentHTML('beforeend', `<svg class="arrows" ${size}>${arrows.map(arrowMarkup).join('')}</svg>`)
})
