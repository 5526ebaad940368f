/**
 * What main.ts loads of this room, asked for by one module. Written by `deno task modules`,
 * which says why.
 *
 * @module
 */
import "./address.ts";
import "./answer.ts";
import "./app.ts";
import "./arguments.ts";
import "./assets.ts";
import "./base_path.ts";
import "./body.ts";
import "./charted.ts";
import "./clock.ts";
import "./confined_worker.ts";
import "./cpus.ts";
import "./doors/allowed_origins.ts";
import "./doors/auth.ts";
import "./doors/doors.ts";
import "./doors/guard.ts";
import "./doors/login.ts";
import "./doors/login_sessions.ts";
import "./doors/options.ts";
import "./doors/rate_limit.ts";
import "./doors/token.ts";
import "./duration.ts";
import "./encoding.ts";
import "./fields.ts";
import "./flags.ts";
import "./fleet/options.ts";
import "./fold.ts";
import "./interval.ts";
import "./lazily.ts";
import "./lean.ts";
import "./marks.ts";
import "./newest.ts";
import "./options.ts";
import "./otlp/options.ts";
import "./overflow.ts";
import "./pages.ts";
import "./probes.ts";
import "./query.ts";
import "./refusal.ts";
import "./sample.ts";
import "./sent_header.ts";
import "./server.ts";
import "./service.ts";
import "./spare_descriptors.ts";
import "./speech.ts";
import "./static_files.ts";
import "./stream/chain.ts";
import "./stream/chains.ts";
import "./stream/cursor.ts";
import "./stream/hub.ts";
import "./stream/page_stream.ts";
import "./stream/pieces.ts";
import "./stream/sse.ts";
