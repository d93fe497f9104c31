/** Written by `npm run fit` from the corpus in `intents/`; no number here is set by hand. */
export const FITTED = {
  date: '2026-11-23',
  /** Out of fold on 10819 messages: sections right first, overheard answered right. */
  score: { rightFirst: 0.8938, overheardRight: 0.4233 },
  /** Calibrated log-odds = slope × log-odds of the model + offset; shares are sharpened by the temperature. */
  calibration: { slope: 1.3749, offset: 0.0519, temperature: 0.62 },
  /** 0..1, see `src/decide/thresholds.ts`. */
  thresholds: {
    offerScope: 0.9,
    answerShare: 0.86,
    speakScope: 0.92,
    speakShare: 0.92,
    humanAsked: 0.73,
    humanOverheard: 0.9,
  },
} as const
