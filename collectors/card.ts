/**
 * Where metrics are shown, as data. A view knows how a headline, a table or a chart is drawn and no
 * metric by name; a subject of the catalogue says which of its metrics stand in which of them.
 *
 * @module
 */

/** A metric in a row or column, with a shorter name than its own where the card gives the context. */
export interface Shown {
  readonly metric: string;
  readonly name?: string;
  /** For a metric with instances, shown for one of them; absent: the host's value. */
  readonly instance?: string;
}

/**
 * The figure that a card is about. Of the cards with one the first that has something to show is the
 * page's own: its figure is large. The others say theirs beside their titles.
 */
export interface Headline {
  readonly block: "headline";
  readonly shown: Shown;
  readonly caption: string;
}

/** Name and value, a line each. `swatch` ties lines to the parts of a bar or a stack, in its order. */
export interface Figures {
  readonly block: "figures";
  readonly rows: readonly Shown[];
  readonly swatch?: true;
  /** Those that this machine cannot have are left out, as long as it has one. */
  readonly sparse?: true;
  /** Side by side, each below its name: few figures of a card as wide as the page. */
  readonly abreast?: true;
}

/**
 * The same quantity for each group of its instances, with the swatches of a chart that is split by them.
 * Nothing where there are no groups to compare.
 */
export interface Parts {
  readonly block: "parts";
  readonly shown: Shown;
  /** The first of these groupings that makes several groups here. */
  readonly split: readonly string[];
}

/** Blocks that are closed until somebody asks. */
export interface Fold {
  readonly block: "fold";
  /** Unique in its card. */
  readonly title: string;
  readonly blocks: readonly (Figures | Table)[];
}

/** Parts of a whole, as one horizontal bar; the rest of the whole is left empty. */
export interface Bar {
  readonly block: "bar";
  readonly parts: readonly Shown[];
  readonly whole: string;
}

/** One row an instance, or one a group of them. */
export interface Table {
  readonly block: "table";
  readonly scope: string;
  /** A row for each socket of its instances, say: one of `GROUPINGS`. */
  readonly grouping?: string;
  /** Heading of the first column. */
  readonly heading: string;
  readonly columns: readonly Shown[];
  /** Largest first by this metric; absent: in the order in which they appeared. */
  readonly sort?: string;
  /** Rows shown; a last line counts the others. */
  readonly most: number;
  /** Said in the table's place where the host has none of these. */
  readonly empty: string;
}

/** Things of a kind, a line each, with figures that can be compared down a column. */
export interface Grid {
  readonly block: "grid";
  /** Heading of the first column: what the rows are. */
  readonly heading: string;
  readonly columns: readonly string[];
  readonly rows: readonly GridRow[];
}

export interface GridRow {
  readonly name: string;
  /** A few words below the name. */
  readonly note?: string;
  /** One for each column; null where there is no such quantity. A share has a bar beside its value. */
  readonly cells: readonly (Shown | null)[];
  /** Drawn over the last minutes beside the cells: one of their quantities. */
  readonly trend?: Shown;
}

/** Shares of one for every instance of a scope, a small bar each. */
export interface Each {
  readonly block: "each";
  readonly scope: string;
  /** Prefix of the instance's name: `CPU`. */
  readonly heading: string;
  readonly parts: readonly Shown[];
  readonly most: number;
  /** Path of a page that tells more of each. */
  readonly page?: string;
}

/** Values over time. `stack` adds up, `mirror` draws the second series downwards. */
export interface Chart {
  readonly block: "chart";
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly style: "line" | "stack" | "mirror";
  readonly series: readonly Shown[];
  /**
   * Of a chart with one series: a line of its own for each group of its instances, by the first of these
   * groupings that makes several of them here.
   */
  readonly split?: readonly string[];
  /** Top of the scale where it has a natural one: shares end at 1. */
  readonly top?: number;
  readonly tall?: true;
}

export type Block = Headline | Figures | Parts | Bar | Table | Grid | Each | Chart | Fold;

/** What a card compares: with fewer of them it has nothing to show, whatever else is in it. */
export interface CardNeeds {
  /** Measured, or coming by themselves. */
  readonly least: number;
  readonly of: readonly string[];
  /** Said in the card's place, as the message of a Problem. */
  readonly message: string;
}

/**
 * Where a card stands on a wide screen: the core and the column beside it, the width of the page, the
 * columns below, or the foot. `views/overview/arrangement.ts` says what becomes of them without counters.
 */
export type Place = "core" | "side" | "wide" | "sys" | "foot";

/** A card of the overview. */
export interface Card {
  readonly id: string;
  readonly title: string;
  /** A metric said beside the title: the size of the memory. */
  readonly note?: Shown;
  /** A metric whose source is named beside the title: `uncore_imc`. */
  readonly badge?: string;
  readonly place: Place;
  /** Position on the page; gaps are left for others. */
  readonly order: number;
  readonly needs?: CardNeeds;
  readonly blocks: readonly Block[];
}

/** A page of the instances of a scope side by side, and one of each of them. */
export interface InstancePage {
  readonly scope: string;
  /** What an instance is, before its name: `CPU`. */
  readonly heading: string;
  /** In the order of the table's columns, and of the figures of one instance. */
  readonly sections: readonly InstanceSection[];
  /** Keys of the quantities by which instances can be coloured; the first that a machine has leads. */
  readonly heat: readonly string[];
  /** Two metrics of one instance that stand for its range: lowest and highest clock. */
  readonly range: { readonly name: string; readonly metrics: readonly [string, string] };
  /** Of an instance that the machine has and does not use. `remedy` has `#` for its name. */
  readonly unused: {
    readonly word: string;
    readonly message: string;
    readonly remedy: string;
  };
}

export interface InstanceSection {
  readonly title: string;
  readonly quantities: readonly InstanceQuantity[];
}

export interface InstanceQuantity {
  /** Stands for it in addresses: `ipc`. */
  readonly key: string;
  /** As the heading of a column: `IPC`. */
  readonly name: string;
  /** In the order of preference: the first that the machine has for its instances. */
  readonly metrics: readonly string[];
  /** Shown with one instance only, and in no column. */
  readonly apart?: true;
  readonly heat?: Heat;
}

/** How a colour is made of a value. */
export interface Heat {
  /** `Instructions per cycle (IPC)`. */
  readonly title: string;
  /** Where the scale ends: the same at every tick, so that a colour goes on to mean the same. */
  readonly top: number;
  /** A gauge of the host that ends it, where this machine tells it. */
  readonly topMetric?: string;
}
