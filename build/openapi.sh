#!/usr/bin/env bash
# Checks the OpenAPI document as a client would meet it: lints it, generates TypeScript from it and compiles a client under --strict.
# build/openapi.sh [--no-build | document]; without a document it builds and starts the API, on a database of its own, and asks it for one.
# Exit code 3: the tools are not there and could not be installed, so nothing was checked.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=$root/build/openapi
work=$(mktemp -d)
server=

cleanup() {
    if [[ -n $server ]]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap cleanup EXIT

if [[ ! -d $tools/node_modules || $tools/package-lock.json -nt $tools/node_modules/.package-lock.json ]]; then
    if ! command -v npm >/dev/null || ! (cd "$tools" && npm ci --silent); then
        echo "The tools that check the OpenAPI document could not be installed: they need Node.js 20 and npm." >&2
        exit 3
    fi
fi

document=
build=true
case ${1:-} in
"") ;;
--no-build) build=false ;;
*) document=$1 ;;
esac
if [[ -z $document ]]; then
    if $build; then
        "$root/build/install.sh"
        dotnet build "$root/src/Crm.Api" -c Release -v quiet --nologo
    fi
    mkfifo "$work/started"
    CRM_HOME=$work/home ConnectionStrings__Crm="" dotnet "$root/src/Crm.Api/bin/Release/net10.0/crm.dll" serve --no-demo --urls http://127.0.0.1:0 >"$work/started" 2>&1 &
    server=$!
    # The line that says where it listens is the one that says that it does.
    url=$(sed -nE 's/^The CRM listens on (http[^,; ]+).*$/\1/p;T;q' "$work/started")
    if [[ -z $url ]]; then
        echo "The API did not start." >&2
        exit 1
    fi
    document=$work/v1.json
    node --input-type=module --eval '
        import { writeFile } from "node:fs/promises";
        const answer = await fetch(`${process.argv[1]}/openapi/v1.json`, { signal: AbortSignal.timeout(30_000) });
        if (!answer.ok) throw new Error(`The API answered ${answer.status} instead of its document.`);
        await writeFile(process.argv[2], await answer.text());
    ' "$url" "$document"
fi

document=$(realpath "$document")
cd "$tools"
export SCARF_ANALYTICS=false
node_modules/.bin/spectral lint --quiet --fail-severity=hint --ruleset .spectral.yaml "$document"
mkdir -p generated
node_modules/.bin/openapi-typescript "$document" --output generated/api.d.ts >/dev/null
node_modules/.bin/tsc --project tsconfig.json
echo "The OpenAPI document is clean, and a strict TypeScript client compiles against it."
