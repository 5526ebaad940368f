/**
 * What the pages load: files of static/ without their comments, and of the npm packages as they lie
 * there. They are part of the module graph, so that serving them needs no right to read.
 *
 * @module
 */
import htmx from "htmx.org/dist/htmx.min.js" with { type: "bytes" };
import uplotScript from "uplot/dist/uPlot.iife.min.js" with { type: "bytes" };
import arrangementStyle from "../static/arrangement.css" with { type: "bytes" };
import cardStyle from "../static/card.css" with { type: "bytes" };
import chartStyle from "../static/chart.css" with { type: "bytes" };
import chart from "../static/chart.js" with { type: "bytes" };
import chartTableStyle from "../static/chart_table.css" with { type: "bytes" };
import charts from "../static/charts.js" with { type: "bytes" };
import copy from "../static/copy.js" with { type: "bytes" };
import cpusStyle from "../static/cpus.css" with { type: "bytes" };
import cpusTableStyle from "../static/cpus_table.css" with { type: "bytes" };
import doctorStyle from "../static/doctor.css" with { type: "bytes" };
import doubts from "../static/doubts.js" with { type: "bytes" };
import figuresTableStyle from "../static/figures_table.css" with { type: "bytes" };
import fleetStyle from "../static/fleet.css" with { type: "bytes" };
import fleetScript from "../static/fleet.js" with { type: "bytes" };
import foreign from "../static/foreign.js" with { type: "bytes" };
import guideStyle from "../static/guide.css" with { type: "bytes" };
import favicon from "../static/favicon.svg" with { type: "bytes" };
import history from "../static/history.js" with { type: "bytes" };
import live from "../static/live.js" with { type: "bytes" };
import locale from "../static/locale.js" with { type: "bytes" };
import loginStyle from "../static/login.css" with { type: "bytes" };
import messageStyle from "../static/message.css" with { type: "bytes" };
import moment from "../static/moment.js" with { type: "bytes" };
import over from "../static/over.js" with { type: "bytes" };
import pageStyle from "../static/page.css" with { type: "bytes" };
import palette from "../static/palette.js" with { type: "bytes" };
import part from "../static/part.js" with { type: "bytes" };
import points from "../static/points.js" with { type: "bytes" };
import proofScript from "../static/proof.js" with { type: "bytes" };
import proofStyle from "../static/proof.css" with { type: "bytes" };
import save from "../static/save.js" with { type: "bytes" };
import scale from "../static/scale.js" with { type: "bytes" };
import sheetStyle from "../static/sheet.css" with { type: "bytes" };
import span from "../static/span.js" with { type: "bytes" };
import tableStyle from "../static/table.css" with { type: "bytes" };
import theme from "../static/theme.js" with { type: "bytes" };
import times from "../static/times.js" with { type: "bytes" };
import toldScript from "../static/told.js" with { type: "bytes" };
import tokens from "../static/tokens.css" with { type: "bytes" };
import trace from "../static/trace.js" with { type: "bytes" };
import zoom from "../static/zoom.js" with { type: "bytes" };
import type { Bytes } from "./encoding.ts";
import { leanScript, leanStyle } from "./lean.ts";
import { StaticFiles } from "./static_files.ts";

/** One file of several, in the order in which they apply: together they take less room than apart. */
function joined(lean: (text: string) => string, ...files: readonly Bytes[]): Bytes {
  const decoder = new TextDecoder();
  return new TextEncoder().encode(files.map((bytes) => lean(decoder.decode(bytes))).join(""));
}

/** Of pages that live. Charts may fail where a stream does not: they come behind it. */
const living = [copy, part, toldScript, live];

export const ASSETS: StaticFiles = await StaticFiles.of({
  "page.css": joined(
    leanStyle,
    tokens,
    pageStyle,
    cardStyle,
    tableStyle,
    proofStyle,
    chartStyle,
    arrangementStyle,
  ),
  "cpus.css": joined(leanStyle, cpusStyle, figuresTableStyle, cpusTableStyle),
  "doctor.css": joined(leanStyle, doctorStyle),
  "fleet.css": joined(leanStyle, figuresTableStyle, fleetStyle),
  "guide.css": joined(leanStyle, guideStyle),
  "login.css": joined(leanStyle, loginStyle),
  "message.css": joined(leanStyle, messageStyle),
  "sheet.css": joined(leanStyle, sheetStyle),
  "explore.js": joined(
    leanScript,
    ...[times, history, doubts, over, moment, zoom, save, span, proofScript],
  ),
  "chart_table.css": joined(leanStyle, chartTableStyle),
  "copy.js": joined(leanScript, copy),
  "fleet.js": joined(leanScript, fleetScript),
  "live.js": joined(leanScript, ...living, foreign, proofScript),
  "page.js": joined(leanScript, ...living, scale, points, trace, palette, chart, charts),
  "theme.js": joined(leanScript, locale, theme),
  "favicon.svg": favicon,
  "htmx.min.js": htmx,
  "uplot.min.js": uplotScript,
});
