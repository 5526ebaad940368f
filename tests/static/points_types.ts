/** What static/points.js holds, and what it takes. @module */
export type Values = (number | null)[];

export interface Sample {
  readonly reset?: boolean;
  readonly gap?: boolean;
  readonly x: readonly number[];
  readonly y: readonly Values[];
  readonly z?: readonly (readonly number[] | null)[];
}

export interface Points {
  readonly seconds: readonly number[];
  readonly columns: readonly Values[];
  readonly shares: readonly (readonly number[] | null)[];
  take(sample: Sample): void;
  find(at: number): number;
}
