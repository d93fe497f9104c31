import { expect, test } from 'vitest'
import { walkSteps } from '../../src/dialogue/checklist.js'
import { aSection } from '../support/a-section.js'
import { aSnapshot } from '../support/a-snapshot.js'

const review = '0 1 1.1 2 2-2 5 A1 A1.2 faq'
  .split(' ')
  .map((key) => aSection(key, { guideId: 'review', tellsTimeline: key === '5' }))
const payment = ['payment/1', 'payment/2.1', 'payment/A1'].map((key) => aSection(key, { guideId: 'payment' }))

test('walks the numbered sections of the guide that tells the timeline, in order', () => {
  const steps = ['0', '1', '1.1', '2', '2-2', '5']
  expect(walkSteps(aSnapshot({ sections: [...review, ...payment] }))).toEqual(steps)
  expect(walkSteps(aSnapshot({ sections: [...payment, ...review] }))).toEqual(steps)
})

test('has no steps where nothing is numbered', () => {
  expect(walkSteps(aSnapshot({ sections: [aSection('faq', { tellsTimeline: true })] }))).toEqual([])
})
