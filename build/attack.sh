#!/usr/bin/env bash
# Attacks a CRM of its own: build/attack.sh [requests]. Starts one with its demo in a temporary folder, without rate limits, which would keep the attacks out, and sends it
# malformed requests made from its OpenAPI document (100,000 unless said otherwise); then sqlmap and ffuf, where they are installed. Fails on anything unexplained.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
requests=${1:-100000}
port=${CRM_ATTACK_PORT:-5180}
base=http://127.0.0.1:$port
export CRM_HOME
CRM_HOME=$(mktemp -d)

"$root/build/install.sh"
dotnet build "$root/src/Crm.Api" -c Release -v quiet --nologo
dotnet build "$root/tests/Crm.Attack" -c Release -v quiet --nologo
# Nor waits between wrong passwords, which would only take time.
RateLimits__Enabled=false Lockout__Delays__0=00:00:00 dotnet "$root/src/Crm.Api/bin/Release/net10.0/crm.dll" serve --urls "$base" >"$CRM_HOME.log" 2>&1 &
server=$!
finish() {
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    rm -rf "$CRM_HOME"
}
trap finish EXIT
for _ in $(seq 600); do
    if grep -q "The CRM listens" "$CRM_HOME.log" 2>/dev/null; then break; fi
    kill -0 "$server" 2>/dev/null || { cat "$CRM_HOME.log" >&2; exit 1; }
    sleep 0.5
done

failed=0
echo "== malformed requests"
dotnet "$root/tests/Crm.Attack/bin/Release/net10.0/Crm.Attack.dll" "$CRM_HOME/demo.json" "$requests" || failed=1

member() { sed -nE "s/^ *\"$1\": \"([^\"]*)\",?$/\1/p" "$CRM_HOME/demo.json" | sed -n "${2}p"; }
credentials=$(printf '{"tenant":"%s","email":"%s","password":"%s"}' "$(member identifier 1)" "$(member email 2)" "$(member password 2)")
token=$(curl -sS -H 'Content-Type: application/json' -d "$credentials" "$base/api/v1/auth/sign-in" | sed -nE 's/.*"accessToken":"([^"]+)".*/\1/p')

if command -v sqlmap >/dev/null; then
    echo "== sqlmap"
    # What takes texts into SQL: filters, orders, cursors, ids in paths, and the bodies of queries, reports and sign-ins.
    for target in 'contacts?filter%5BlastName%5D=x*' 'deals?filter%5Bcompany.name%5D%5BstartsWith%5D=x*' 'companies?sort=name*' 'companies?fields=name*' 'contacts?cursor=x*' 'contacts/x*' 'deals/x*/stage-history' 'jobs/x*'; do
        echo "-- $target"
        sqlmap -u "$base/api/v1/$target" --headers="Authorization: Bearer $token" --batch --level=2 --risk=2 --technique=BEUST --dbms=PostgreSQL --threads=4 \
            --flush-session --disable-coloring --output-dir="$CRM_HOME/sqlmap" --timeout=30 --ignore-code=400,401,404 2>&1 | grep -E "injectable|vulnerable|CRITICAL" | tail -n 3 | tee "$CRM_HOME/found"
        if grep -qE "is vulnerable|Parameter:.*is injectable|appears to be .*injectable" "$CRM_HOME/found"; then failed=1; fi
    done
    for target in 'contacts/query|{"filter":{"lastName":{"eq":"x*"}},"sort":["lastName*"]}' 'reports/aggregate|{"recordType":"deal","groupBy":[{"field":"company.name*"}],"measures":[{"op":"count"}]}' 'auth/sign-in|{"email":"x@x.example*","password":"x*"}'; do
        echo "-- ${target%%|*}"
        sqlmap -u "$base/api/v1/${target%%|*}" --data="${target#*|}" --headers="Authorization: Bearer $token\nContent-Type: application/json" --batch --level=2 --risk=2 --technique=BEUST \
            --dbms=PostgreSQL --threads=4 --flush-session --disable-coloring --output-dir="$CRM_HOME/sqlmap" --timeout=30 --ignore-code=400,401,404 2>&1 | grep -E "injectable|vulnerable|CRITICAL" | tail -n 3 | tee "$CRM_HOME/found"
        if grep -qE "is vulnerable|Parameter:.*is injectable|appears to be .*injectable" "$CRM_HOME/found"; then failed=1; fi
    done
else
    echo "== sqlmap is not installed; left out"
fi

if command -v ffuf >/dev/null; then
    echo "== ffuf"
    words=$CRM_HOME/words
    {
        for name in admin api v1 v2 internal debug swagger swagger.json openapi.json graphql actuator env metrics health status .git/config .env web.config appsettings.json server-status phpinfo.php login users tenants backup dump.sql \
            ..%2f..%2fetc/passwd %2e%2e/ %00 ..%5c..%5c host host/tenants admin/roles hubs/v1 docs docs/errors docs/../../secrets.json .well-known/openid-configuration crm.dll demo.json secrets.json; do
            echo "$name"
            echo "api/v1/$name"
            echo "api/v1/$name/"
            echo "docs/$name"
        done
    } >"$words"
    # Nothing is found but what is meant to be public; nothing fails.
    ffuf -u "$base/FUZZ" -w "$words" -mc 200-399,500-599 -t 10 -s 2>/dev/null | sort -u | tee "$CRM_HOME/found"
    if grep -vxE 'docs|docs/docs|docs/errors|api/v1/docs|openapi\.json' "$CRM_HOME/found" | grep -q .; then failed=1; fi
else
    echo "== ffuf is not installed; left out"
fi

echo "== log"
unexplained=$(grep -cE '"level":"(error|critical)"|"Level":"(Error|Critical)"' "$CRM_HOME.log" || true)
echo "$unexplained errors in the API's log"
rm -f "$CRM_HOME.log"
if [[ $unexplained -ne 0 ]]; then failed=1; fi
exit "$failed"
