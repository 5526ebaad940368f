/** The worker that sends: it may connect to the collector, and nothing else. @module */
/// <reference lib="deno.worker" />
import { post, type Target } from "./post.ts";
import type { OtlpOutcome } from "./sender.ts";

export type ToOtlpWorker =
  | { readonly type: "target"; readonly target: Target }
  | { readonly type: "body"; readonly body: Uint8Array<ArrayBuffer> };

export type FromOtlpWorker = OtlpOutcome;

let target: Target;

self.onmessage = async ({ data }: MessageEvent<ToOtlpWorker>): Promise<void> => {
  self.postMessage(await answerTo(data) satisfies FromOtlpWorker);
};

async function answerTo(message: ToOtlpWorker): Promise<OtlpOutcome> {
  if (message.type === "body") return await post(target, message.body);
  target = message.target;
  return { taken: true };
}
