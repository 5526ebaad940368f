// One chart: a figure with data-columns drawn live, in the place of its picture. Which columns it
// shows, and how, stands in its attributes.
globalThis.RingsideChart = (() => {
  const { niceTop, label, counted } = ringsideScale;
  const { stack, voids, doubt, line } = ringsideTrace;
  const { colour, ink } = ringsidePalette;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const { fontFamily } = getComputedStyle(document.body);
  const font = (ratio) => `${0.6875 * rem * ratio}px ${fontFamily}`;

  return class {
    plot = null;
    top = null;
    seen = false;
    dirty = true;
    gaps = [];
    /** Nothing in sight is exact, and the least share of it. */
    all = false;
    least = 1;
    /** Sums, or values turned downwards: the same lists are filled again. */
    made = [];
    /** Of each line what uPlot does not draw. */
    rest = [];

    constructor(figure, page) {
      const { dataset } = figure;
      this.page = page;
      this.title = figure.querySelector("h3").textContent;
      this.names = JSON.parse(dataset.labels);
      this.picks = dataset.columns.split(" ").map(Number);
      this.drawn = dataset.drawn;
      this.unit = dataset.unit;
      /** The first line is the whole of the others. */
      this.main = dataset.main !== undefined;
      this.scale = {
        kind: dataset.scale,
        suffix: dataset.suffix,
        small: dataset.small !== undefined,
        top: Number(dataset.top),
      };
      this.box = figure.querySelector(".plot");
      // Stacked areas hide those below them, and the whole stands before its parts.
      this.order = [...this.picks.keys()];
      if (this.main || this.drawn === "stack") this.order.reverse();
    }

    lines() {
      return this.picks.map((pick) => this.page.points.columns[pick]);
    }

    shares() {
      return this.picks.map((pick) => this.page.points.shares[pick]);
    }

    ink(index) {
      return ink(this.main ? index - 1 : index);
    }

    /**
     * Whether what is new can be seen: it moves the lines by a pixel of the screen, or is beyond their
     * scale. Of a time that stands still nothing is.
     */
    isDue(now) {
      if (this.plot === null) return true;
      const { bbox, scales: { x } } = this.plot;
      // A clock that was set back.
      if (now < x.max) return true;
      if ((now - x.max) * bbox.width >= x.max - x.min) return true;
      const newest = this.lines().map((values) => values.at(-1));
      const most = this.drawn === "stack" ? newest.reduce((a, b) => a + b) : Math.max(...newest);
      return !this.scale.top && (this.top === null ? most > 0 : most > this.top);
    }

    /** Draws what is new; what nobody sees waits. */
    draw([begun, now], seen = this.seen) {
      const { points } = this.page;
      if (!this.dirty || !seen) return;
      this.dirty = false;
      const from = Math.max(0, points.find(begun) - 1);
      const to = points.find(now + 0.01) - 1;
      const lines = this.lines();
      const drawn = this.drawn === "stack" ? stack(lines, this.made) : lines;
      let most = -Infinity;
      for (const values of drawn) {
        for (let at = from; at <= to; at++) {
          if (values[at] !== null && values[at] > most) most = values[at];
        }
      }
      // The picture says in words that there is nothing.
      if (this.plot === null && most === -Infinity) return;
      this.top = this.scale.top || niceTop(most, this.scale);
      this.gaps = voids(lines, from, to);
      Object.assign(this, { from, to }, doubt(lines, this.shares(), from, to));
      const data = [points.seconds, ...this.order.map((index) => drawn[index])];
      if (this.plot === null) {
        this.plot = new uPlot(this.options(), data, this.box);
        this.plot.root.role = "img";
      }
      const dash = this.all ? [5, 3].map((length) => length * devicePixelRatio) : [];
      for (const series of this.plot.series) series.dash = dash;
      this.plot.setData(data);
      const gaps = this.gaps.length === 0 ? "" : `, with gaps: ${this.gaps.length}`;
      this.plot.root.ariaLabel = `${this.title}: ${this.names.join(", ")}${gaps}`;
    }

    /** On paper as a page is wide that stands upright: what is wider is made larger. */
    size(paper) {
      const { box } = this;
      const width = !paper ? box.clientWidth : box.closest(".side,.sys,.plots") ? 300 : 640;
      // The topmost label stands half above the plot.
      return { width, height: (paper ? 180 : box.clientHeight) + rem / 2 };
    }

    options() {
      const mirrored = this.drawn === "mirror";
      const area = this.drawn === "stack" ? 78 : 26;
      return {
        ...this.size(),
        // As the picture, whose time axis stays.
        padding: [rem / 2, rem / 4, 1.25 * rem, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: () => this.page.view() },
          y: { range: () => [mirrored ? -(this.top ?? 1) : 0, this.top ?? 1] },
        },
        series: [
          {},
          ...this.order.map((index) => ({
            width: this.drawn === "stack" || this.main && index > 0 ? 1 : this.main ? 2 : 1.5,
            stroke: () => colour(this.ink(index)),
            fill: this.drawn === "line"
              ? null
              : () => colour(`color-mix(in srgb, ${this.ink(index)} ${area}%, var(--card))`),
            paths: (plot, at, from, to) => this.paths(plot, index, plot.data[at], from, to),
            points: { show: false },
          })),
        ],
        axes: [
          { show: false },
          {
            stroke: () => colour("var(--ink3)"),
            font: font(1),
            ticks: { show: false },
            size: 3.75 * rem,
            gap: 8,
            grid: { stroke: () => colour("var(--line)"), width: 1 },
            splits: () =>
              this.top === null
                ? [0]
                : [mirrored ? -this.top : 0, mirrored ? 0 : this.top / 2, this.top],
            values: (_, splits) => splits.map((value) => label(value, this.scale, true)),
          },
        ],
        hooks: {
          drawClear: [(plot) => this.shade(plot)],
          drawSeries: [(plot, at) => this.page.doubt?.(this, plot, this.order[at - 1])],
          draw: [(plot) => this.write(plot)],
        },
      };
    }

    paths({ bbox, scales: { x, y } }, index, values, from, to) {
      const { seconds } = this.page.points;
      const across = bbox.width / (x.max - x.min);
      // The second line of a mirror goes downwards.
      const up = bbox.height / (y.max - y.min) * (y.min < 0 && index % 2 > 0 ? -1 : 1);
      const zero = bbox.top + bbox.height * y.max / (y.max - y.min);
      const [solid, dashed, area] = [new Path2D(), new Path2D(), new Path2D()];
      this.rest[index] = { dashed, area };
      line(values, this.all ? null : this.shares()[index], from, to, {
        x: (at) => bbox.left + (seconds[at] - x.min) * across,
        y: (value) => zero - value * up,
        zero,
        solid,
        dashed,
        area,
      });
      return { stroke: solid, fill: area, flags: 0 };
    }

    /** Points of the page in pixels from the left. */
    across({ bbox, valToPos }, points) {
      const { seconds } = this.page.points;
      return points.map((at) => Math.max(bbox.left, valToPos(seconds[at], "x", true)));
    }

    /** Gaps are shown as gaps. */
    shade(plot) {
      const { ctx, bbox } = plot;
      ctx.fillStyle = colour("var(--well)");
      for (const gap of this.gaps) {
        const [left, right] = this.across(plot, gap);
        ctx.fillRect(left, bbox.top, right - left, bbox.height);
      }
    }

    /** The zero line, and how much of all was counted. */
    write(plot) {
      const { ctx, bbox: { left, top, width } } = plot;
      const ratio = devicePixelRatio;
      ctx.save();
      ctx.fillStyle = colour("var(--edge)");
      ctx.fillRect(left, Math.round(plot.valToPos(0, "y", true)) - ratio, width, ratio);
      ctx.font = font(ratio);
      ctx.textAlign = "center";
      const [x, y] = [left + width / 2, top + 12 * ratio];
      if (this.all) this.say(ctx, `${counted(this.least)} counted`, x, y);
      this.page.words?.(this, plot);
      ctx.restore();
    }

    /** Over lines, so that it can be read. */
    say(ctx, text, x, y) {
      ctx.lineWidth = 4 * devicePixelRatio;
      ctx.strokeStyle = colour("var(--card)");
      ctx.fillStyle = colour("var(--ink3)");
      ctx.strokeText(text, x, y);
      ctx.fillText(text, x, y);
    }
  };
})();
