# Ringside in a container. It watches the host that it is shown: deploy/compose.yaml and
# deploy/kubernetes.yaml say what that takes, deploy/README.md why.
#
#   docker build -t ringside .
FROM docker.io/denoland/deno:debian-2.9.6 AS build
WORKDIR /source
COPY deno.json deno.lock main.ts LICENSE README.md ./
COPY collectors collectors
COPY routes routes
COPY views views
COPY static static
COPY deploy/assemble.ts deploy/assemble.ts
# What the service imports, and nothing of the tests, so that it starts without a network.
RUN deno run --allow-all deploy/assemble.ts /opt/ringside

FROM docker.io/denoland/deno:debian-2.9.6
COPY --from=build /opt/ringside /opt/ringside
WORKDIR /opt/ringside/app
# Nobody in particular: nothing here belongs to it, and nothing is written.
USER 65532:65532
EXPOSE 7878
ENV MALLOC_ARENA_MAX=1
ENV DENO_DIR=/opt/ringside/cache DENO_NO_UPDATE_CHECK=1
# /readyz is open, whatever else asks for a token. With TLS, another port or another address, say it in
# RINGSIDE_PROBE; a certificate's name is checked.
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
  CMD ["deno", "eval", "--no-lock", "const r = await fetch(Deno.env.get('RINGSIDE_PROBE') ?? 'http://127.0.0.1:7878/readyz'); Deno.exit(r.ok ? 0 : 1)"]
# The task `start`, and --cached-only: a running image asks no registry. --quiet: Deno's own lines about
# connections of HTTP/2 are as many as a stranger likes.
ENTRYPOINT ["deno", "run", "--quiet", "--cached-only", "--no-prompt", "--no-code-cache", \
  "--v8-flags=--optimize-for-size,--max-semi-space-size=1,--initial-old-space-size=8,--no-turbofan,--no-sparkplug", \
  "--allow-ffi", "--allow-net=127.0.0.1,[::1],0.0.0.0,[::]", "--allow-read=.", \
  "--allow-env=RINGSIDE_*", "main.ts"]
