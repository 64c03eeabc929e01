#!/usr/bin/env bash
# Packs FanIn, and runs the programs of samples/ with these packages, as somebody outside would. Prints what they print.
set -euo pipefail
cd "$(dirname "$0")/.."
feed=artifacts/packages
rm -rf "$feed"
# A version of its own, so that no package of the same number comes from a cache.
dotnet pack -c Release --nologo -v quiet -o "$feed" -p:Version="0.1.0-local.$(date +%Y%m%d%H%M%S)"
cd samples
for sample in FloatNetwork CustomInitializer TorchCnn; do
  echo "--- $sample"
  dotnet run --project "$sample" -c Release
done
echo "--- lesson.cs"
dotnet run lesson.cs
