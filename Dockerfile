# Ringside in a container. It watches the host that it is shown: mount the host's /proc and /sys.
#
#   docker build -t ringside .
#   docker run --rm --network host -v /proc:/host/proc:ro -v /sys:/host/sys:ro \
#     ringside --procfs /host/proc --sysfs /host/sys
#
# With --network host the page stays on the host's own 127.0.0.1:7878. Kernel events need CAP_PERFMON, and
# a capability that is added reaches root only: --user root --cap-drop ALL --cap-add PERFMON.
FROM denoland/deno:debian-2.9.6

WORKDIR /app
COPY deno.json deno.lock main.ts ./
COPY collectors collectors
COPY routes routes
COPY views views
COPY static static
# What the service imports is in the image, so that it starts without a network.
RUN deno cache main.ts collectors/sampler_worker.ts && chown -R deno:deno /app "$DENO_DIR"

USER deno
EXPOSE 7878
ENV MALLOC_ARENA_MAX=1
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s \
  CMD ["deno", "eval", "const r = await fetch('http://127.0.0.1:7878/readyz'); Deno.exit(r.ok ? 0 : 1)"]
# The task `start`, and --cached-only: a running image asks no registry.
ENTRYPOINT ["deno", "run", "--cached-only", "--no-prompt", "--no-code-cache", \
  "--v8-flags=--optimize-for-size,--max-semi-space-size=1,--initial-old-space-size=8,--no-turbofan", \
  "--allow-ffi", "--allow-net=127.0.0.1,[::1],0.0.0.0,[::]", "--allow-read=.", \
  "--allow-env=RINGSIDE_*", "main.ts"]
