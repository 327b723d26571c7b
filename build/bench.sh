#!/usr/bin/env bash
# Measures the API against a hand-written server and writes the numbers into docs/benchmarks.md. Options are passed on: --rounds, --seconds, --scenarios …
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build/install.sh
dotnet run --configuration Release --project tests/Crm.Benchmarks -- all --report docs/benchmarks.md "$@"
