#!/bin/sh
# Brings what the tests of the web page look with: chromium, when root on Debian, and TypeScript,
# where npm is there. Tests that lack one are skipped, with the reason.
set -u
build=$1
if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq chromium >/dev/null
    fi
    command -v chromium >/dev/null || echo "No chromium: the browser tests will be skipped" >&2
fi
if [ ! -x "$build/node_modules/.bin/tsc" ]; then
    npm install --silent --no-audit --no-fund --prefix "$build" typescript@7 2>/dev/null ||
        echo "No TypeScript from npm: the types of the page will not be checked" >&2
fi
