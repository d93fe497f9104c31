/** Written by `npm run fit` from the corpus in `intents/`; no number here is set by hand but the last weight of `segments`. */
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
  /** What speaks for a part of a message being a question of its own. */
  segments: {
    /** Cut into what is asked for and nothing else: as people wrote it, joined by chance, and single ones left whole. */
    score: { written: 0.6237, joined: 0.2533, single: 0.9865 },
    /**
     * Linear in `Run.signs`. The last was chosen on 140 messages that ask several things, written blindly: of them, 114 are
     * answered whole with 0, 115 with −0.3, 116 with −0.6, 113 with −1.
     */
    weights: [-0.7224, 0.5376, 0.1956, 0.306, 0.61, -0.1, -0.02, 0.27, 0.97, 0.14, -1.7052, 0.115, -0.5, -0.6],
    repeated: -0.8,
  },
} as const
