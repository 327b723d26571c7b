#!/usr/bin/env bash
# Counts what the tests go through: build/coverage.sh prepare FOLDER, then the tests from their bin/Coverage/net10.0, then build/coverage.sh report FOLDER,
# which tells what of the security-critical folders they left out and fails unless that is nothing. FOLDER is an empty one; build/test.sh --coverage does all of it.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
configuration=Release
outputs=bin/Coverage/net10.0
gate=$root/tests/Crm.Coverage

coverlet() {
    TMPDIR=$2 dotnet msbuild "$gate" -t:"$1" -p:Folder="$2" -p:Module="$root/tests/Crm.Isolation.Tests/$outputs/Crm.Isolation.Tests.dll" \
        -nodeReuse:false -v:quiet --nologo
}

prepare() {
    local project assembly
    # Copies count, so that what was built stays as it is.
    for project in "$root"/tests/*.Tests; do
        rm -rf "${project:?}/bin/Coverage"
        mkdir "$project/bin/Coverage"
        cp -R "$project/bin/$configuration/net10.0" "$project/$outputs"
    done
    coverlet Instrument "$1"
    # The same assemblies for all projects: so they count into one report.
    for project in "$root"/tests/*.Tests; do
        for assembly in "$1"/counting/*.dll; do
            if [[ -e $project/$outputs/${assembly##*/} ]]; then cp "$assembly" "$project/$outputs/"; fi
        done
    done
}

report() {
    coverlet Count "$1" >"$1/count.log" || { cat "$1/count.log" >&2; return 1; }
    dotnet "$gate/bin/$configuration/net10.0/Crm.Coverage.dll" "$1/report.json" "$root"
}

case ${1:-} in
prepare | report) "$1" "$(realpath "${2:?a folder}")" ;;
*)
    echo "Usage: build/coverage.sh prepare|report FOLDER" >&2
    exit 2
    ;;
esac
