#!/usr/bin/env bash
# What has to be in the packages, and what must not: description, licence, README, NOTICE, documentation, symbols, the
# target that FanIn.TorchSharp brings along, the dependencies a user gets, and no native library.
# Usage: eng/check-packages.sh FOLDER VERSION
set -uo pipefail
cd "$1" || exit 2
version=$2
faults=0
fault() { echo "*** $1" >&2 && faults=$((faults + 1)); }

command -v unzip >/dev/null || { echo "unzip isn't there, which looks into the packages." >&2 && exit 2; }

check() { # check PACKAGE DEPENDENCY...   "-": none
  local id=$1 package="$1.$version.nupkg"
  shift
  [ -s "$package" ] || { fault "$package isn't there."; return; }
  [ -s "$id.$version.snupkg" ] || fault "$id has no symbols."
  local files nuspec
  files=$(unzip -Z1 "$package")
  nuspec=$(unzip -p "$package" "$id.nuspec")
  for file in README.md NOTICE "lib/net10.0/$id.dll" "lib/net10.0/$id.xml"; do
    grep -qxF "$file" <<<"$files" || fault "$package lacks $file."
  done
  for element in description license readme tags; do
    grep -qE "<$element[ >]" <<<"$nuspec" || fault "$package has no $element."
  done
  # One assembly, its documentation and, where there are any, targets: no natives, no other project's files.
  local others
  others=$(grep -vE "^(_rels/|package/|\[Content_Types\]|README.md$|NOTICE$|$id.nuspec$|buildTransitive/$id.targets$|lib/net10.0/$id\.(dll|xml)$)" <<<"$files")
  [ -z "$others" ] || fault "$package holds what nobody asked for: $others"
  local wanted found
  wanted=$(printf '%s\n' "$@" | grep -v '^-$' | LC_ALL=C sort)
  found=$(sed -nE 's/.*<dependency id="([^"]+)".*/\1/p' <<<"$nuspec" | LC_ALL=C sort)
  [ "$wanted" = "$found" ] || fault "$package depends on
$found
where it should on
$wanted"
}

# With central pins, what TorchSharp and ScottPlot ask for stands there too; the application brings libtorch.
torch=(TorchSharp SharpZipLib SkiaSharp)
pictures=(ScottPlot SkiaSharp SkiaSharp.HarfBuzz SkiaSharp.NativeAssets.Linux.NoDependencies)
check FanIn -
check FanIn.Checkpoints FanIn
check FanIn.TorchSharp FanIn FanIn.Checkpoints "${torch[@]}"
check FanIn.Onnx FanIn FanIn.Checkpoints Microsoft.ML.OnnxRuntime System.Numerics.Tensors
check FanIn.Report FanIn "${pictures[@]}"
check FanIn.Lab FanIn.Report FanIn.TorchSharp Microsoft.Data.Sqlite TorchSharp SharpZipLib "${pictures[@]}"
grep -qxF buildTransitive/FanIn.TorchSharp.targets <<<"$(unzip -Z1 "FanIn.TorchSharp.$version.nupkg")" ||
  fault "FanIn.TorchSharp lacks the target that has libtorch found."
count=$(find . -name '*.nupkg' | wc -l)
[ "$count" -eq 6 ] || fault "There are $count packages, not 6."
[ "$faults" -eq 0 ] && echo "6 packages of version $version, as they should be."
