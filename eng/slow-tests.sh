#!/usr/bin/env bash
# The tests that are too slow for every day: each is marked explicit, and this runs those and no others.
set -uo pipefail
cd "$(dirname "$0")/.."
exec dotnet test --no-build -- --explicit only
