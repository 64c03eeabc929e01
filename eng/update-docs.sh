#!/usr/bin/env bash
# Writes the pages of docs/ that are made from the catalogues: initializers.md, activations.md, and the tables of check.md.
# Use it after changing an initializer, an activation, their doc comments, a kind of finding or the zoo; a test fails while
# the pages are behind.
set -eu
cd "$(dirname "$0")/.."
FANIN_UPDATE_DOCS=1 dotnet test --project test/FanIn.Tests -- --filter-class "FanIn.Tests.Docs.GeneratedDocsTests"
FANIN_UPDATE_DOCS=1 dotnet test --project test/FanIn.Cli.Tests -- --filter-class "FanIn.Cli.Tests.Check.CheckPageTests"
FANIN_UPDATE_DOCS=1 dotnet test --project test/FanIn.TorchSharp.Tests -- --filter-class "FanIn.TorchSharp.Tests.Signal.Zoo.ZooPageTests"
git --no-pager diff --stat -- docs
