# Sourced by the other scripts: where the project is, and what the machine must have.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "this needs root or sudo: $*"
    fi
}

# Installs a command's package with the machine's own package manager.
need() { # COMMAND DEBIAN FEDORA ARCH
    command -v "$1" >/dev/null && return
    say "installing $1"
    if command -v apt-get >/dev/null; then
        as_root apt-get update -qq
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2"
    elif command -v dnf >/dev/null; then
        as_root dnf install -y -q "$3"
    elif command -v pacman >/dev/null; then
        as_root pacman -Sy --noconfirm --needed "$4"
    else
        fail "$1 is missing, and no package manager known here can install it (apt-get, dnf, pacman): install it and run this again"
    fi
}

# The Rust that the manifest asks for, or newer.
need_rust() {
    need cc build-essential gcc base-devel
    # A fresh installation is not on this shell's path yet.
    [ -f "$HOME/.cargo/env" ] && . "$HOME/.cargo/env"
    local wanted have
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
    have=$(rustc --version 2>/dev/null | awk '{print $2}' || true)
    if [ -z "$have" ] || [ "$(printf '%s\n%s\n' "$wanted" "$have" | sort -V | head -n 1)" != "$wanted" ]; then
        say "installing Rust (at least $wanted; found ${have:-none})"
        need curl curl curl curl
        curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs |
            sh -s -- -y --profile minimal --component rustfmt,clippy
        . "$HOME/.cargo/env"
    fi
    for tool in rustfmt clippy; do
        cargo "${tool/rustfmt/fmt}" --version >/dev/null 2>&1 || rustup component add "$tool"
    done
}
