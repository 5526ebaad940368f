/** What a person is told of a quantity beside its help: what is normal, and what it is taken for. */

/** Sentences with a full stop, true wherever the metric is measured. */
export interface GuideText {
  /** What values are met, and why none of them is good for everybody. */
  readonly normal: string;
  /** What it is often taken for, and is not. */
  readonly misread?: string;
  /** Ids of metrics that are looked at beside it. */
  readonly beside?: readonly string[];
}

/** Told with another metric: its id. */
export interface ToldWith {
  readonly as: string;
}

/** By the ids of metrics. */
export type GuideTexts = Readonly<Record<string, GuideText | ToldWith>>;
