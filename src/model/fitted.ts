/** Written by `npm run fit` from the corpus in `intents/`; no number here is set by hand. */
export const FITTED = {
  date: '2026-11-23',
  /** Out of fold on 11179 messages: sections right first, overheard answered right. */
  score: { rightFirst: 0.8951, overheardRight: 0.5493 },
  /** Calibrated log-odds = slope × log-odds of the model + offset; shares are sharpened by the temperature. */
  calibration: { slope: 1.4637, offset: 0.0130, temperature: 0.62 },
  /** 0..1, see `src/decide/thresholds.ts`. */
  thresholds: {
    offerScope: 0.87,
    answerShare: 0.86,
    speakScope: 0.82,
    speakShare: 0.88,
    humanAsked: 0.77,
    humanOverheard: 0.84,
  },
} as const
