// What only some charts have drawn over their lines: estimates beside exact spans, dashed and hatched,
// with the share that was counted; how long a gap lasted; marks with their names.
{
  const { ringside: page, ringsidePalette: { colour }, ringsideDoubts: doubts } = globalThis;
  const { counted } = globalThis.ringsideScale;
  /** Pixels of the style sheet between the lines of the hatch, and of a line of words. */
  const HATCH = 6;
  const ROW = 14;
  const APART = 4;
  const patterns = new Map();

  const pattern = (ctx) => {
    const key = `${colour("var(--ink3)")} ${devicePixelRatio}`;
    if (!patterns.has(key)) {
      const size = HATCH * devicePixelRatio;
      const tile = new OffscreenCanvas(size, size);
      const pen = tile.getContext("2d");
      pen.strokeStyle = colour("var(--ink3)");
      for (const by of [-size, 0, size]) {
        pen.moveTo(by, size);
        pen.lineTo(by + size, 0);
      }
      pen.stroke();
      patterns.set(key, ctx.createPattern(tile, "repeat"));
    }
    return patterns.get(key);
  };

  const spansOf = (chart) =>
    chart.least < 1 && !chart.all
      ? doubts(chart.lines(), chart.shares(), chart.from, chart.to)
      : [];

  /** Dashed as far as it is an estimate; hatched below the first line, or in every area. */
  page.doubt = (chart, plot, index) => {
    const spans = spansOf(chart);
    if (spans.length === 0) return;
    const { ctx, bbox: { left, top, width, height } } = plot;
    const ratio = devicePixelRatio;
    const { dashed, area } = chart.rest[index];
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top - ratio, width, height + 2 * ratio);
    ctx.clip();
    ctx.strokeStyle = colour(chart.ink(index));
    ctx.lineWidth = plot.series[chart.order.indexOf(index) + 1].width * ratio;
    ctx.setLineDash([5 * ratio, 3 * ratio]);
    ctx.stroke(dashed);
    if (chart.drawn !== "line" || index === 0) {
      ctx.beginPath();
      for (const { from, to } of spans) {
        const [left, right] = chart.across(plot, [from, to]);
        ctx.rect(left, top, right - left, height);
      }
      ctx.clip();
      ctx.fillStyle = pattern(ctx);
      ctx.fill(area);
    }
    ctx.restore();
  };

  page.words = (chart, plot) => {
    const { ctx, bbox: { left, top, width, height }, valToPos } = plot;
    const { seconds } = page.points;
    const ratio = devicePixelRatio;
    const right = left + width;
    /** Between two points what there is room for, if any of it. */
    const say = (texts, points, y) => {
      const [from, to] = chart.across(plot, points);
      const text = texts.find((candidate) => ctx.measureText(candidate).width < to - from);
      if (text !== undefined) chart.say(ctx, text, (from + to) / 2, y);
    };
    for (const gap of chart.gaps) {
      const lasted = Math.max(1, Math.round(seconds[gap[1]] - seconds[gap[0]]));
      const text = lasted < 100 ? `${lasted}\u00a0s` : `${Math.round(lasted / 60)}\u00a0min`;
      say([`${text} gap`, text], gap, top + height - 5 * ratio);
    }
    for (const { from, to, share } of spansOf(chart)) {
      const row = page.marks.length > 0 ? 2 : 1;
      say([counted(share)], [from, to], top + (row * ROW - 2) * ratio);
    }
    marks(ctx, { left, right, top, height, valToPos });
  };

  /** Names stand beside their uprights where there is more room, and say as much as there is room for. */
  const marks = (ctx, { left, right, top, height, valToPos }) => {
    const ratio = devicePixelRatio;
    const apart = APART * ratio;
    const places = page.marks.map(([at]) => valToPos(at, "x", true));
    let taken = left;
    ctx.save();
    ctx.setLineDash([ratio, 2 * ratio]);
    ctx.lineWidth = ratio;
    ctx.textAlign = "left";
    ctx.strokeStyle = ctx.fillStyle = colour("var(--ink3)");
    places.forEach((x, index) => {
      if (x < left || x > right) return;
      ctx.beginPath();
      ctx.moveTo(x, top);
      ctx.lineTo(x, top + height);
      ctx.stroke();
      let [, text] = page.marks[index];
      const wide = () => ctx.measureText(text).width;
      const after = Math.min(places[index + 1] ?? right, right) - x - 2 * apart;
      const before = x - taken - 2 * apart;
      const back = wide() > after && before > after;
      const room = back ? before : after;
      while (text.length > 3 && wide() > room) text = `${text.slice(0, -2)}…`;
      if (wide() > room) text = "";
      ctx.fillText(text, back ? x - apart - wide() : x + apart, top + ROW * ratio - apart);
      taken = back ? x : x + apart + wide();
    });
    ctx.restore();
  };
  page.renew();
}
