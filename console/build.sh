#!/bin/sh
# Builds the console into target/web, unless what is there was made of the same sources.
#   build.sh [true]    true: without Node, go on with a page that says so
set -eu
cd "$(dirname -- "$0")"
out=target/web/org/tandemopc/console
stamp=target/web.sum

if ! command -v npm >/dev/null 2>&1; then
    if [ "${1:-false}" != true ]; then
        echo "The console needs Node 20 and npm to be built (on Debian: apt-get install nodejs npm)." >&2
        exit 1
    fi
    [ -f "$stamp" ] && exit 0
    echo "Without Node and npm the console is left out; everything else is built." >&2
    mkdir -p "$out"
    cp without.html "$out/index.html"
    exit 0
fi

sum=$(find package-lock.json package.json tsconfig.json vite.config.ts index.html build.sh src build public help ../docs/guide ../docs/reference \
    -type f | LC_ALL=C sort | xargs cksum | cksum)
if [ -f "$stamp" ] && [ -f "$out/index.html" ] && [ "$(cat "$stamp")" = "$sum" ]; then
    exit 0
fi

lock=$(cksum <package-lock.json)
if [ ! -f node_modules/.tandem ] || [ "$(cat node_modules/.tandem)" != "$lock" ]; then
    npm ci --no-audit --no-fund --prefer-offline --loglevel=error
    echo "$lock" >node_modules/.tandem
fi
rm -f "$stamp"
VITE_CONFIG_NATIVE_IGNORE_WARNING=true npm run --silent build
echo "$sum" >"$stamp"
