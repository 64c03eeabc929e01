#!/usr/bin/env bash
# Publishes the verbs that need no engine as one native file, artifacts/native/fanin, and prints its size. Takes the .NET
# SDK and a C linker (gcc or clang), and about a minute.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$PWD/artifacts/native/publish
rm -rf "$out"
dotnet publish src/FanIn.Cli -c Release --nologo -v quiet -p:FanInNative=true -o "$out"
cp "$out/FanIn.Cli" artifacts/native/fanin
echo "artifacts/native/fanin: $(stat -c %s artifacts/native/fanin) bytes"
