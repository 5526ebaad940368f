// What is seen as a file: the points of all charts in the span, or in the zoom.
globalThis.ringsideSave = (() => {
  /** Text that a spreadsheet would take for a formula is kept from it; quotes are doubled. */
  const cell = (text) => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };

  const instant = (seconds) => new Date(seconds * 1000).toISOString();

  /** `columns`: name, unit, values and shares or null, of the same length as `seconds`. */
  const csv = (seconds, columns) => {
    const head = ["time", "seconds"];
    for (const { name, unit, shares } of columns) {
      head.push(`${name} [${unit}]`);
      if (shares !== null) head.push(`${name} [share counted]`);
    }
    const rows = seconds.map((at, index) => {
      const row = [instant(at), at];
      for (const { values, shares } of columns) {
        // Not measured is no number.
        row.push(values[index] ?? "");
        if (shares !== null) row.push(values[index] === null ? "" : shares[index]);
      }
      return row.join(",");
    });
    return [head.map(cell).join(","), ...rows, ""].join("\r\n");
  };

  const json = (seconds, columns, host) =>
    JSON.stringify({ host, time: seconds.map(instant), time_seconds: seconds, series: columns });

  return { csv, json };
})();

if (globalThis.ringside !== undefined) {
  const { ringside: page, ringsideSave } = globalThis;

  const save = (format) => {
    // The page is the host's, or tells of a part of it.
    const { textContent: title, dataset: { host = title } } = document.querySelector("h1");
    const [of, whose] = host === title ? ["", host] : [`${title}, `, `${host}-${title}`];
    const [from, to] = page.view();
    const [begin, end] = [page.points.find(from), page.points.find(to + 0.01)];
    const seconds = page.points.seconds.slice(begin, end);
    const columns = [...page.charts.values()].flatMap((chart) => {
      const [lines, shares] = [chart.lines(), chart.shares()];
      return chart.names.map((name, index) => {
        const share = shares[index]?.slice(begin, end) ?? null;
        return {
          name: `${of}${chart.title}: ${name}`,
          unit: chart.unit,
          values: lines[index].slice(begin, end),
          shares: share?.some((counted) => counted < 1) ? share : null,
        };
      });
    });
    const type = format === "csv" ? "text/csv" : "application/json";
    const blob = new Blob([ringsideSave[format](seconds, columns, host)], { type });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    const time = new Date(to * 1000).toISOString().slice(0, 19).replaceAll(":", "-");
    link.download = `${whose.replaceAll(" ", "-")}-${time}Z.${format}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href));
  };

  for (const link of document.querySelectorAll(".charts [data-save]")) {
    link.addEventListener("click", (event) => {
      if (page.points.seconds.length === 0) return;
      event.preventDefault();
      save(link.dataset.save);
    });
  }
}
