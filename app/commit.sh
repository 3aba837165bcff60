#!/bin/sh
# Writes of which commit this is a build, for what Tandem says of itself: the same for each build of one commit. Outside of a
# clone TANDEM_COMMIT may say it; else it is not known.
set -eu
cd "$(dirname -- "$0")"
file=target/build/tandem-build.properties

commit=${TANDEM_COMMIT:-}
# Of this clone, not of one that this happens to lie in.
if [ -z "$commit" ] && [ -e ../.git ]; then
    commit=$(git describe --always --dirty --exclude='*' --abbrev=12 2>/dev/null || true)
fi
mkdir -p "$(dirname -- "$file")"
if [ "$(cat "$file" 2>/dev/null || true)" != "commit=$commit" ]; then
    echo "commit=$commit" >"$file"
fi
