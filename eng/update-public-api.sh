#!/usr/bin/env bash
# Writes the public members that a library has into its PublicAPI.Unshipped.txt, and takes out those that are gone.
# Use it after changing a public signature, then read the difference: that is the change of the contract.
set -eu
cd "$(dirname "$0")/.."
for project in src/*/PublicAPI.Unshipped.txt; do
  folder=$(dirname "$project")
  log=$(dotnet build "$folder" --no-incremental --nologo -p:TreatWarningsAsErrors=false -p:BuildProjectReferences=false 2>&1 || true)
  symbols() { sed -nE "s/.*(warning|error) $1: Symbol '(.*)' is (not part of|part of) the declared.*/\2/p" <<<"$log" | sort -u; }
  gone=$(symbols RS0017)
  {
    echo '#nullable enable'
    { tail -n +2 "$project" | grep -vxF -e "${gone:-//}" || true; symbols RS0016; } | LC_ALL=C sort -u | sed '/^$/d'
  } >"$project.new"
  mv "$project.new" "$project"
  echo "$folder: $(grep -c . "$project") lines"
done
