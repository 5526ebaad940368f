/** The worker that sends: it may connect to the collector, and nothing else. @module */
/// <reference lib="deno.worker" />
import { post, type Target } from "./otlp_post.ts";
import type { OtlpOutcome } from "./otlp_sender.ts";

export type ToOtlpWorker =
  | { readonly type: "target"; readonly target: Target }
  | { readonly type: "body"; readonly body: Uint8Array<ArrayBuffer> };

export type FromOtlpWorker = OtlpOutcome;

let target: Target;

self.onmessage = async ({ data }: MessageEvent<ToOtlpWorker>): Promise<void> => {
  if (data.type === "target") target = data.target;
  else self.postMessage(await post(target, data.body) satisfies FromOtlpWorker);
};
