#!/bin/sh
# The tests of the console's decisions. What people see of it is tested in the module it, with a browser.
set -eu
cd "$(dirname -- "$0")"
npm test --silent
