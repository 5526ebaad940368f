/**
 * What the pages load: files of static/ and of the npm packages as they lie there. They are part of
 * the module graph, so that serving them needs no right to read.
 *
 * @module
 */
import htmx from "htmx.org/dist/htmx.min.js" with { type: "bytes" };
import hxSse from "htmx.org/dist/ext/hx-sse.min.js" with { type: "bytes" };
import uplotScript from "uplot/dist/uPlot.iife.min.js" with { type: "bytes" };
import arrangementStyle from "../static/arrangement.css" with { type: "bytes" };
import cardStyle from "../static/card.css" with { type: "bytes" };
import chartStyle from "../static/chart.css" with { type: "bytes" };
import charts from "../static/charts.js" with { type: "bytes" };
import doctorStyle from "../static/doctor.css" with { type: "bytes" };
import favicon from "../static/favicon.svg" with { type: "bytes" };
import live from "../static/live.js" with { type: "bytes" };
import pageStyle from "../static/page.css" with { type: "bytes" };
import scale from "../static/scale.js" with { type: "bytes" };
import tableStyle from "../static/table.css" with { type: "bytes" };
import theme from "../static/theme.js" with { type: "bytes" };
import tokens from "../static/tokens.css" with { type: "bytes" };
import { StaticFiles } from "./static_files.ts";

export const ASSETS: StaticFiles = await StaticFiles.of({
  "arrangement.css": arrangementStyle,
  "card.css": cardStyle,
  "chart.css": chartStyle,
  "charts.js": charts,
  "doctor.css": doctorStyle,
  "favicon.svg": favicon,
  "htmx.min.js": htmx,
  "hx-sse.min.js": hxSse,
  "live.js": live,
  "page.css": pageStyle,
  "scale.js": scale,
  "table.css": tableStyle,
  "theme.js": theme,
  "tokens.css": tokens,
  "uplot.min.js": uplotScript,
});
