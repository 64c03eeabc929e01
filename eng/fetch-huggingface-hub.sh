#!/usr/bin/env bash
# Fetches Hugging Face's own JavaScript library into artifacts/huggingface-hub: its reader of safetensors headers is what
# a slow test holds our files to. It is never committed, and no script of it is run while it is installed. Exit code 1
# where it couldn't be had: the test is then skipped, and says so.
set -uo pipefail
cd "$(dirname "$0")/.."
out=$PWD/artifacts/huggingface-hub
[ -s "$out/node_modules/@huggingface/hub/package.json" ] && exit 0
command -v npm >/dev/null || { echo "npm isn't there, which fetches @huggingface/hub."; exit 1; }
mkdir -p "$out"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$out" @huggingface/hub@2.17.5 >/dev/null \
  || { echo "@huggingface/hub could not be fetched."; exit 1; }
