/**
 * What main.ts loads of this room, asked for by one module. Written by `deno task modules`,
 * which says why.
 *
 * @module
 */
import "./address.ts";
import "./allowed_origins.ts";
import "./answer.ts";
import "./app.ts";
import "./arguments.ts";
import "./assets.ts";
import "./auth.ts";
import "./base_path.ts";
import "./body.ts";
import "./chain.ts";
import "./chains.ts";
import "./charted.ts";
import "./clock.ts";
import "./confined_worker.ts";
import "./cpus.ts";
import "./cursor.ts";
import "./door_options.ts";
import "./doors.ts";
import "./duration.ts";
import "./encoding.ts";
import "./fields.ts";
import "./flags.ts";
import "./fleet_options.ts";
import "./fold.ts";
import "./guard.ts";
import "./hub.ts";
import "./interval.ts";
import "./lazily.ts";
import "./lean.ts";
import "./login.ts";
import "./login_sessions.ts";
import "./marks.ts";
import "./newest.ts";
import "./options.ts";
import "./otlp_options.ts";
import "./overflow.ts";
import "./pages.ts";
import "./pieces.ts";
import "./probes.ts";
import "./query.ts";
import "./rate_limit.ts";
import "./refusal.ts";
import "./sample.ts";
import "./sent_header.ts";
import "./server.ts";
import "./service.ts";
import "./spare_descriptors.ts";
import "./speech.ts";
import "./sse.ts";
import "./static_files.ts";
import "./stream.ts";
import "./token.ts";
