# Ringside in a container. It watches the host that it is shown: mount the host's /proc and /sys.
#
#   docker build -t ringside .
#   docker run --rm --network host --cap-add PERFMON \
#     -v /proc:/host/proc:ro -v /sys:/host/sys:ro ringside --procfs /host/proc --sysfs /host/sys
#
# With --network host the page stays on the host's own 127.0.0.1:7878.
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
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["deno", "eval", "const r = await fetch('http://127.0.0.1:7878/readyz'); Deno.exit(r.ok ? 0 : 1)"]
ENTRYPOINT ["deno", "task", "--quiet", "start"]
