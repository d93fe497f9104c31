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
  /** What tells several questions of one message from one. Until the next `npm run fit`, bias and threshold are moved by hand. */
  questions: {
    /** Out of fold: joined questions found to be several, and single ones torn apart. */
    score: { joined: 0.6147, single: 0.0627 },
    /** Logistic regression over `QuestionSigns`. */
    bias: -0.8761,
    weights: [1.8644, 0.9044, 0.7549, 0.259, 0.3214, 0.3405, 0.4748, 0.649, -0.1405, 1.1369, 0],
    /** 0..1: from here on each is answered by itself. */
    threshold: 0.28,
  },
} as const
