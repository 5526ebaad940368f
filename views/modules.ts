/**
 * What main.ts loads of this room, asked for by one module. Written by `deno task modules`,
 * which says why.
 *
 * @module
 */
import "./alike_causes.ts";
import "./card/bar.tsx";
import "./card/card.tsx";
import "./card/each.tsx";
import "./card/figures.tsx";
import "./card/fold.tsx";
import "./card/grid.tsx";
import "./card/headline.tsx";
import "./card/parts.tsx";
import "./card/table.tsx";
import "./chart/axis.ts";
import "./chart/chart.tsx";
import "./chart/controls.tsx";
import "./chart/span.ts";
import "./chart/spark.ts";
import "./chart/spark.tsx";
import "./chart/svg_line.tsx";
import "./chart/svg_path.ts";
import "./chart/thinned.ts";
import "./cpus/choice.ts";
import "./cpus/groups.ts";
import "./cpus/heat.tsx";
import "./cpus/lacks.tsx";
import "./cpus/one.tsx";
import "./cpus/page.tsx";
import "./cpus/quantity.ts";
import "./cpus/table.tsx";
import "./cpus/value.tsx";
import "./doctor/remedy_pieces.ts";
import "./document.tsx";
import "./format.ts";
import "./html.ts";
import "./interval.tsx";
import "./jsx_runtime.ts";
import "./late.ts";
import "./link.ts";
import "./login.tsx";
import "./message.tsx";
import "./overview/arrangement.ts";
import "./overview/height.ts";
import "./overview/kept_parts.ts";
import "./overview/kept_tally.ts";
import "./overview/lacking.tsx";
import "./overview/packing.ts";
import "./overview/page.tsx";
import "./overview/updates.ts";
import "./problems.tsx";
import "./proof/subject.ts";
import "./ring.tsx";
import "./standing.ts";
import "./value.tsx";
