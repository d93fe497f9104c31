/** Written by `npm run fit` from the corpus in `intents/`; no number here is set by hand. */
export const FITTED = {
  date: '2026-11-23',
  /** Out of fold on 13028 messages: sections right first, overheard answered right. */
  score: { rightFirst: 0.8963, overheardRight: 0.5213 },
  /** Calibrated log-odds = slope × log-odds of the model + offset; shares are sharpened by the temperature. */
  calibration: { slope: 1.4767, offset: -0.0394, temperature: 0.64 },
  /** 0..1, see `src/dialogue/answer.ts`. */
  thresholds: {
    offerScope: 0.88,
    answerShare: 0.86,
    speakScope: 0.82,
    speakShare: 0.92,
    humanAsked: 0.78,
    humanOverheard: 0.86,
  },
} as const
