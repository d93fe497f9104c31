/** Written by `npm run fit` from the corpus in `intents/`; no number here is set by hand. */
export const FITTED = {
  date: '2026-11-23',
  /** Out of fold on 8386 messages: sections right first, overheard answered right. */
  score: { rightFirst: 0.8951, overheardRight: 0.4828 },
  /** Calibrated log-odds = slope × log-odds of the model + offset; shares are sharpened by the temperature. */
  calibration: { slope: 1.3568, offset: 0.0186, temperature: 0.64 },
  /** 0..1, see `src/decide/thresholds.ts`. */
  thresholds: {
    offerScope: 0.9,
    answerShare: 0.86,
    speakScope: 0.89,
    speakShare: 0.9,
    humanAsked: 0.57,
    humanOverheard: 0.59,
  },
} as const
