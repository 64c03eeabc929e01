#!/usr/bin/env bash
# Packs FanIn, checks what is in the packages, and runs the programs of samples/ with them, as somebody outside would.
# Prints what they print. Exit code 1 as soon as a package lacks something or a sample's claim doesn't hold.
# Usage: eng/samples.sh [SAMPLE ...]
set -euo pipefail
cd "$(dirname "$0")/.."
feed=$PWD/artifacts/packages
rm -rf "$feed"
# A version of its own, so that no package of the same number comes from a cache.
version="0.1.0-local.$(date +%Y%m%d%H%M%S)"
# What NuGet unpacked of it is of no use afterwards.
cache=$(dotnet nuget locals global-packages --list --force-english-output | sed 's/^[^:]*: *//')
trap 'rm -rf "$cache"/fanin*/"$version"' EXIT
dotnet pack -c Release --nologo -v quiet -o "$feed" -p:Version="$version"
eng/check-packages.sh "$feed" "$version"

cd samples
samples=("$@")
[ ${#samples[@]} -gt 0 ] || samples=(lesson.cs FloatNetwork CustomInitializer TorchCnn)
for sample in "${samples[@]}"; do
  echo "--- $sample"
  start=$SECONDS
  case $sample in
    *.cs) dotnet run "$sample" -p:FanInVersion="$version" ;;
    *) dotnet run --project "$sample" -c Release -p:FanInVersion="$version" ;;
  esac || { echo "*** $sample failed" >&2; exit 1; }
  echo "--- $sample took $((SECONDS - start)) s"
done
