/** Written by `npm run fit` from the corpus in `intents/`; no number here is set by hand. */
export const FITTED = {
  date: '2026-11-30',
  /** Out of fold on 13423 messages: sections right first, overheard answered right. */
  score: { rightFirst: 0.8959, overheardRight: 0.5168 },
  /** Calibrated log-odds = slope × log-odds of the model + offset; shares are sharpened by the temperature. */
  calibration: { slope: 1.1628, offset: -1.3452, temperature: 0.72 },
  /** 0..1, see `src/dialogue/answer.ts`. */
  thresholds: {
    offerScope: 0.9,
    answerShare: 0.84,
    speakScope: 0.75,
    speakShare: 0.84,
    humanAsked: 0.44,
    humanOverheard: 0.53,
  },
  /** What tells several topics from one. */
  topics: {
    /** Out of fold: joined messages of which every section is found, single ones torn apart, chatter torn apart. */
    score: { joined: 0.698, single: 0.0645, chatter: 0.011 },
    /** Logistic regression over `TopicSigns`. */
    bias: -4.7713,
    weights: [2.1385, 1.2443, 0.3148, 1.377, 1.1817, 0.9344, -0.7284, -0.8614],
    /** 0..1: from here on several topics are answered. */
    threshold: 0.28,
  },
  /** What tells several questions of one message from one. */
  questions: {
    /** Out of fold: joined questions found to be several, and single ones torn apart. */
    score: { joined: 0.5053, single: 0.0371 },
    /** Logistic regression over `QuestionSigns`. */
    bias: -0.983,
    weights: [1.6983, 0.4754, 0.3848, 0.4926, -0.165, 0.6751, 0.0885, 0.7069, -0.5663, 1.0019, 0],
    /** 0..1: from here on each is answered by itself. */
    threshold: 0.21,
  },
} as const
