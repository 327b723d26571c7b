#!/usr/bin/env bash
# Builds the CRM and runs it: build/run.sh [verb] [options], "serve" when no verb is given; --help lists them.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export CRM_HOME=${CRM_HOME:-$root/.crm}

if ! command -v dotnet >/dev/null; then
    echo "The .NET SDK 10 is needed and was not found: install it, see https://dotnet.microsoft.com/download." >&2
    exit 1
fi
if [[ -z ${ConnectionStrings__Crm:-} ]]; then
    "$root/build/install.sh"
fi
if ! output=$(dotnet build "$root/src/Crm.Api" -c Release -v quiet --nologo 2>&1); then
    echo "$output" >&2
    exit 1
fi
exec dotnet "$root/src/Crm.Api/bin/Release/net10.0/crm.dll" "$@"
