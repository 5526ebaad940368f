/**
 * What main.ts loads of this room, asked for by one module. Written by `deno task modules`,
 * which says why.
 *
 * @module
 */
import "./alike_causes.ts";
import "./arrangement.ts";
import "./axis.ts";
import "./bar.tsx";
import "./card.tsx";
import "./chart.tsx";
import "./chart_controls.tsx";
import "./cpus.tsx";
import "./cpus_choice.ts";
import "./cpus_groups.ts";
import "./cpus_heat.tsx";
import "./cpus_lacks.tsx";
import "./cpus_one.tsx";
import "./cpus_quantity.ts";
import "./cpus_table.tsx";
import "./cpus_value.tsx";
import "./document.tsx";
import "./each.tsx";
import "./figures.tsx";
import "./fold.tsx";
import "./format.ts";
import "./grid.tsx";
import "./headline.tsx";
import "./height.ts";
import "./html.ts";
import "./interval.tsx";
import "./jsx_runtime.ts";
import "./kept_parts.ts";
import "./kept_tally.ts";
import "./lacking.tsx";
import "./late.ts";
import "./link.ts";
import "./login.tsx";
import "./message.tsx";
import "./overview.tsx";
import "./packing.ts";
import "./parts.tsx";
import "./problems.tsx";
import "./proof_subject.ts";
import "./remedy_pieces.ts";
import "./ring.tsx";
import "./span.ts";
import "./spark.ts";
import "./spark.tsx";
import "./standing.ts";
import "./svg_line.tsx";
import "./svg_path.ts";
import "./table.tsx";
import "./thinned.ts";
import "./updates.ts";
import "./value.tsx";
