#!/usr/bin/env bash
# Formats the code: build/format.sh; with --check it changes nothing and fails when something would change.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
case ${1:-} in
"") arguments=() ;;
--check) arguments=(--verify-no-changes) ;;
*)
    echo "Usage: build/format.sh [--check]" >&2
    exit 2
    ;;
esac
dotnet format "$root/Crm.sln" "${arguments[@]}"
