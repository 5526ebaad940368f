// Draws every figure with data-columns live, in the place of its picture. A `sample` event brings
// columns of points; which of them a figure shows, and how, stands in its attributes.
{
  const { niceTop, label } = globalThis.ringsideScale;
  const INKS = ["a", "b", "c", "d", "e"];

  const { body } = document;
  const spanSeconds = Number(body.dataset.span);
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const font = `${0.6875 * rem}px ${getComputedStyle(body).fontFamily}`;

  /** Colours as a canvas takes them: a custom property alone would still say light-dark(). */
  const probe = document.createElement("i");
  probe.hidden = true;
  body.append(probe);
  const colours = new Map();
  const colour = (css) => {
    if (!colours.has(css)) {
      probe.style.color = css;
      colours.set(css, getComputedStyle(probe).color);
    }
    return colours.get(css);
  };
  const ink = (index) => `var(--${INKS[index % INKS.length]})`;
  const mixed = (index, share) => `color-mix(in srgb, ${ink(index)} ${share}%, var(--card))`;

  /** All points of the page; figures take their columns from here. */
  let seconds = [];
  let columns = [];

  const take = ({ reset, gap, x, y }) => {
    if (reset || columns.length !== y.length) {
      seconds = [];
      columns = y.map(() => []);
    }
    // What is missing between two points shows as missing.
    if (gap && seconds.length > 0 && x.length > 0) {
      seconds.push(x[0] - 0.001);
      for (const column of columns) column.push(null);
    }
    seconds = seconds.concat(x);
    columns = columns.map((column, index) => column.concat(y[index]));
    const oldest = seconds.at(-1) - spanSeconds;
    const first = seconds.findIndex((at) => at >= oldest);
    if (first > 0) {
      seconds = seconds.slice(first);
      columns = columns.map((column) => column.slice(first));
    }
  };

  /** Sums from the first line upwards; null only where no line has a value. */
  const stacked = (lines) => {
    let below = null;
    return lines.map((line) => {
      const under = below;
      below = line.map((value, index) => {
        const base = under === null ? null : under[index];
        return value === null || base === null ? value ?? base : value + base;
      });
      return below;
    });
  };

  /** From the last value before to the first value after what is missing. */
  const voids = (lines) => {
    const found = [];
    let last = -1;
    for (let index = 0; index < seconds.length; index++) {
      if (lines.every((line) => line[index] === null)) continue;
      if (last >= 0 && index - last > 1) found.push([seconds[last], seconds[index]]);
      last = index;
    }
    return found;
  };

  class Chart {
    constructor(figure) {
      const { dataset } = figure;
      this.title = figure.querySelector("figcaption h3").textContent;
      this.names = JSON.parse(dataset.labels);
      this.picks = dataset.columns.split(" ").map(Number);
      this.drawn = dataset.drawn;
      this.fixedTop = dataset.top === undefined ? null : Number(dataset.top);
      this.scale = {
        kind: dataset.scale,
        suffix: dataset.suffix,
        small: dataset.small !== undefined,
      };
      this.box = figure.querySelector(".plot");
      this.plot = null;
      this.top = null;
      this.voids = [];
      this.seen = false;
      this.dirty = false;
    }

    /** Draws what is new; what nobody sees waits. */
    draw() {
      if (!this.dirty || !this.seen || document.hidden || seconds.length === 0) return;
      this.dirty = false;
      const lines = this.picks.map((index) => columns[index]);
      // The picture says in words that there is nothing.
      if (this.plot === null && lines.flat().every((value) => value === null)) return;
      const drawn = this.drawn === "stack" ? stacked(lines) : lines;
      const most = drawn.flat().reduce((a, b) => b > a ? b : a, 0);
      this.top = this.fixedTop ?? niceTop(most, this.scale);
      this.voids = voids(lines);
      const data = this.drawn === "stack"
        ? drawn.toReversed()
        : this.drawn === "mirror"
        ? drawn.map((line, at) => at % 2 === 0 ? line : line.map((v) => v === null ? v : -v))
        : drawn;
      if (this.plot === null) this.open([seconds, ...data]);
      else this.plot.setData([seconds, ...data]);
      const gaps = this.voids.length === 0 ? "" : `, with gaps: ${this.voids.length}`;
      this.plot.root.ariaLabel = `${this.title}: ${this.names.join(", ")}${gaps}`;
    }

    open(data) {
      this.plot = new uPlot(this.options(), data, this.box);
      this.plot.root.role = "img";
    }

    size() {
      // The topmost label stands half above the plot.
      return { width: this.box.clientWidth, height: this.box.clientHeight + rem / 2 };
    }

    fit() {
      this.plot?.setSize(this.size());
    }

    series() {
      const order = [...this.picks.keys()];
      if (this.drawn === "stack") order.reverse();
      return order.map((index) => ({
        width: this.drawn === "stack" ? 1 : 1.5,
        stroke: () => colour(ink(index)),
        ...(this.drawn === "line" ? {} : {
          fill: () => colour(mixed(index, this.drawn === "stack" ? 78 : 26)),
          fillTo: 0,
        }),
        points: { show: false },
      }));
    }

    options() {
      const top = () => this.top ?? 1;
      const mirrored = this.drawn === "mirror";
      const now = () => seconds.at(-1);
      const axis = { stroke: () => colour("var(--ink3)"), font, ticks: { show: false } };
      return {
        ...this.size(),
        // As the picture, whose time axis stays.
        padding: [rem / 2, rem / 4, 1.25 * rem, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: () => [now() - spanSeconds, now()] },
          y: { range: () => [mirrored ? -top() : 0, top()] },
        },
        series: [{}, ...this.series()],
        axes: [
          { show: false },
          {
            ...axis,
            size: 3.75 * rem,
            gap: 8,
            grid: { stroke: () => colour("var(--line)"), width: 1 },
            splits: () =>
              this.top === null ? [0] : mirrored ? [-top(), 0, top()] : [0, top() / 2, top()],
            values: (_, splits) => splits.map((value) => label(value, this.scale)),
          },
        ],
        hooks: { drawClear: [(plot) => this.shade(plot)], draw: [(plot) => this.base(plot)] },
      };
    }

    /** Gaps are shown as gaps. */
    shade(plot) {
      const { ctx, bbox } = plot;
      ctx.fillStyle = colour("var(--well)");
      for (const [from, to] of this.voids) {
        const x = Math.max(plot.valToPos(from, "x", true), bbox.left);
        ctx.fillRect(x, bbox.top, plot.valToPos(to, "x", true) - x, bbox.height);
      }
    }

    base(plot) {
      const { ctx, bbox } = plot;
      const y = Math.round(plot.valToPos(0, "y", true));
      ctx.fillStyle = colour("var(--edge)");
      ctx.fillRect(bbox.left, y - 1, bbox.width, Math.max(1, Math.round(devicePixelRatio)));
    }
  }

  const charts = new Map();
  const drawAll = () => {
    for (const chart of charts.values()) chart.draw();
  };
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) charts.get(target).seen = isIntersecting;
    drawAll();
  });
  const sized = new ResizeObserver((entries) => {
    for (const { target } of entries) charts.get(target).fit();
  });
  for (const figure of document.querySelectorAll("figure[data-columns]")) {
    const chart = new Chart(figure);
    charts.set(chart.box, chart);
    seen.observe(chart.box);
    sized.observe(chart.box);
  }

  body.addEventListener("sample", (event) => {
    take(JSON.parse(event.detail.data));
    for (const chart of charts.values()) chart.dirty = true;
    requestAnimationFrame(drawAll);
  });
  document.addEventListener("visibilitychange", drawAll);
  document.addEventListener("ringside:theme", () => {
    colours.clear();
    for (const chart of charts.values()) chart.plot?.redraw(false);
  });
}
