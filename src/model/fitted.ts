/** Written by `npm run fit` from the corpus in `intents/`; no number here is set by hand. */
export const FITTED = {
  date: '2026-11-23',
  /** Out of fold on 10819 messages: sections right first, overheard answered right. */
  score: { rightFirst: 0.892, overheardRight: 0.5042 },
  /** Calibrated log-odds = slope × log-odds of the model + offset; shares are sharpened by the temperature. */
  calibration: { slope: 1.4728, offset: 0.0242, temperature: 0.62 },
  /** 0..1, see `src/decide/thresholds.ts`. */
  thresholds: {
    offerScope: 0.88,
    answerShare: 0.86,
    speakScope: 0.83,
    speakShare: 0.92,
    humanAsked: 0.58,
    humanOverheard: 0.82,
  },
} as const
