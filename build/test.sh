#!/usr/bin/env bash
# Builds everything and runs every test project: build/test.sh [--coverage] [word …] runs only the projects whose name holds one of the words.
# With --coverage the same tests also tell what of the security-critical folders they went through; less than everything counts as a failed test.
# The last line is "N passed, N failed"; the exit code is 0 only when tests ran and none failed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
configuration=Release
coverage=
if [[ ${1:-} == --coverage ]]; then
    coverage=$(mktemp -d)
    shift
fi

"$root/build/install.sh" --tests
dotnet build "$root/Crm.sln" -c "$configuration" -v quiet --nologo

# One PostgreSQL server for all projects, held by a process that ends, and takes the server with it, when this script does.
if [[ -z ${CRM_TEST_CLUSTER:-} ]]; then
    CRM_TEST_CLUSTER=${TMPDIR:-/tmp}/crm-test-$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')
    export CRM_TEST_CLUSTER
    coproc CLUSTER { exec dotnet "$root/tests/Crm.Testing/bin/$configuration/net10.0/Crm.Testing.dll" "$CRM_TEST_CLUSTER"; }
    cluster=$CLUSTER_PID
    if ! read -r _ <&"${CLUSTER[0]}"; then
        echo "The PostgreSQL server for the tests did not start." >&2
        echo "0 passed, 1 failed"
        exit 1
    fi
fi

selected() {
    local word
    for word in "${words[@]}"; do
        if [[ $1 == *"$word"* ]]; then return 0; fi
    done
    [[ ${#words[@]} -eq 0 ]]
}

words=("$@")
passed=0
failed=0
log=$(mktemp)
trap 'rm -rf "$log" ${coverage:+"$coverage"}' EXIT
built=bin/$configuration/net10.0

if [[ -n $coverage ]]; then
    built=bin/Coverage/net10.0
    "$root/build/coverage.sh" prepare "$coverage"
fi

for project in "$root"/tests/*.Tests; do
    name=$(basename "$project")
    selected "$name" || continue
    status=0
    dotnet "$project/$built/$name.dll" -noColor </dev/null 2>&1 | tee "$log" || status=$?
    # "Name  Total: 5, Errors: 0, Failed: 1, Skipped: 0, Not Run: 0, Time: 1.0s"
    summary=$(grep -E "Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+" "$log" | tail -n 1 || true)
    read -r total errors failures skipped < <(sed -nE 's/^.*Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+).*$/\1 \2 \3 \4/p' <<<"$summary" || true) || true
    bad=$((${failures:-0} + ${errors:-0}))
    # A project that fails without naming a test, as one that crashes does, counts as one failure.
    if [[ $status -ne 0 && $bad -eq 0 && ${total:-} != 0 ]]; then bad=1; fi
    passed=$((passed + ${total:-0} - ${failures:-0} - ${skipped:-0}))
    failed=$((failed + bad))
done

if [[ -n $coverage ]]; then
    if "$root/build/coverage.sh" report "$coverage"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
fi

# The OpenAPI document as a client meets it counts as one test. Where its tools cannot be had it is not checked, except in CI.
if selected OpenApi; then
    status=0
    "$root/build/openapi.sh" --no-build </dev/null || status=$?
    if [[ $status -eq 0 ]]; then
        passed=$((passed + 1))
    elif [[ $status -ne 3 || ${CI:-} == true ]]; then
        failed=$((failed + 1))
    fi
fi

if [[ -n ${cluster:-} ]]; then
    exec {CLUSTER[1]}>&-
    wait "$cluster" || echo "The PostgreSQL server for the tests did not stop cleanly." >&2
fi

echo "$passed passed, $failed failed"
[[ $passed -gt 0 && $failed -eq 0 ]]
