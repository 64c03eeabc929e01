#!/usr/bin/env bash
# Keeps the lists of the libraries' public members.
#
#   eng/update-public-api.sh [FOLDER ...]         after changing a public signature: new members go into
#                                                 PublicAPI.Unshipped.txt, members that are gone leave it, or stand there as
#                                                 *REMOVED* where they had been shipped. Then read the difference: that is
#                                                 the change of the contract.
#   eng/update-public-api.sh --ship [FOLDER ...]  with a release: moves all that into PublicAPI.Shipped.txt.
#
# Without folders: all of src/. Exit code 1, and no list touched, where a library doesn't compile.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_UI_LANGUAGE=en
ship=false
[ "${1:-}" = --ship ] && ship=true && shift
# Each after those that it refers to.
folders=(src/FanIn src/FanIn.Report src/FanIn.Checkpoints src/FanIn.TorchSharp src/FanIn.Onnx src/FanIn.Lab)
[ $# -gt 0 ] && folders=("${@%/}")

# The lines of a list but for its header, sorted, each once.
lines() { sed -e '1s/^\xEF\xBB\xBF//' -e 's/\r$//' -e '/^#nullable enable$/d' -e '/^[[:space:]]*$/d' "$1" | LC_ALL=C sort -u; }
# The lines of the first list that the second doesn't have.
without() { LC_ALL=C comm -23 "$1" "$2"; }
write() { { echo '#nullable enable' && LC_ALL=C sort -u; } >"$1.new" && mv "$1.new" "$1"; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for folder in "${folders[@]}"; do
  shipped=$folder/PublicAPI.Shipped.txt unshipped=$folder/PublicAPI.Unshipped.txt
  lines "$shipped" >"$work/shipped"
  lines "$unshipped" | sed -n '/^\*REMOVED\*/!p' >"$work/added"
  lines "$unshipped" | sed -n 's/^\*REMOVED\*//p' | LC_ALL=C sort -u >"$work/removed"
  if $ship; then
    LC_ALL=C sort -u "$work/shipped" "$work/added" >"$work/all"
    without "$work/all" "$work/removed" | write "$shipped"
    write "$unshipped" </dev/null
  else
    log=$(dotnet build "$folder" --no-incremental --nologo -p:TreatWarningsAsErrors=false -p:BuildProjectReferences=false 2>&1) || true
    if ! grep -q 'Build succeeded' <<<"$log"; then
      grep -E 'error' <<<"$log" | sort -u | head -n 10 >&2
      echo "$folder doesn't compile: its lists are as they were." >&2
      exit 1
    fi
    symbols() { sed -nE "s/.*(warning|error) $1: Symbol '(.*)' is (not part of|part of) the declared.*/\2/p" <<<"$log" | LC_ALL=C sort -u; }
    symbols RS0016 >"$work/new"
    symbols RS0017 >"$work/gone"
    # What was shipped and is gone stays in view until the next release; what came back is no longer gone.
    LC_ALL=C comm -12 "$work/gone" "$work/shipped" | LC_ALL=C sort -u - "$work/removed" >"$work/missed"
    LC_ALL=C sort -u "$work/added" "$work/new" >"$work/all"
    without "$work/all" "$work/gone" | without - "$work/shipped" >"$work/kept"
    without "$work/missed" "$work/new" | sed 's/^/*REMOVED*/' | cat "$work/kept" - | write "$unshipped"
  fi
  echo "$folder: $(($(grep -c . "$shipped") - 1)) shipped, $(($(grep -c . "$unshipped") - 1)) unshipped"
done
