// Stands in for the process that reads: `hang` never answers, `die` ends at once, anything else is given back as text.
process.on('message', ({ id, bytes }) => {
  const word = Buffer.from(bytes).toString()
  if (word === 'hang') return
  if (word === 'die') process.exit(1)
  if (word === 'broken') process.send({ id, failure: 'broken', reason: 'no such library' })
  else process.send({ id, text: word, confidence: 1 })
})
process.on('disconnect', () => process.exit())
