/** Written by `npm run fit` from the corpus in `intents/`; no number here is set by hand. */
export const FITTED_TOPICS = {
  date: '2026-11-23',
  /** Out of fold: joined messages of which every section is found, single ones torn apart, chatter torn apart. */
  score: { joined: 0.698, single: 0.0645, chatter: 0.011 },
  /** Logistic regression over `TopicSigns`. */
  bias: -4.7713,
  weights: [2.1385, 1.2443, 0.3148, 1.377, 1.1817, 0.9344, -0.7284, -0.8614],
  /** 0..1: from here on several topics are answered. */
  threshold: 0.28,
} as const
