/** Written by `npm run fit` from the corpus in `intents/`; no number here is set by hand. */
export const FITTED_TOPICS = {
  date: '2026-11-23',
  /** Out of fold: joined messages of which every section is found, single ones torn apart, chatter torn apart. */
  score: { joined: 0.6753, single: 0.0779, chatter: 0.0124 },
  /** Logistic regression over `TopicSigns`. */
  bias: -4.2613,
  weights: [1.9517, 1.2993, 0.3008, 1.1255, 1.2526, 1.0062, -0.6986, -1.0071],
  /** 0..1: from here on several topics are answered. */
  threshold: 0.29,
} as const
