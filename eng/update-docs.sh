#!/usr/bin/env bash
# Writes the pages of docs/ that are made from the catalogues: initializers.md, activations.md. Use it after changing an
# initializer, an activation or their doc comments; a test fails while the pages are behind.
set -eu
cd "$(dirname "$0")/.."
FANIN_UPDATE_DOCS=1 dotnet test --project test/FanIn.Tests -- --filter-class "FanIn.Tests.Docs.GeneratedDocsTests"
git --no-pager diff --stat -- docs
