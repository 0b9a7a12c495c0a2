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

# Packages of Debian and its kin. A fresh machine may be updating itself: its lock is waited for.
debian_install() { # PACKAGE...
    as_root apt-get update -qq -o DPkg::Lock::Timeout=300
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o DPkg::Lock::Timeout=300 "$@"
}

# Installs a command's package with the machine's own package manager.
need() { # COMMAND DEBIAN FEDORA ARCH
    command -v "$1" >/dev/null && return
    say "installing $1"
    if command -v apt-get >/dev/null; then
        debian_install "$2"
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
    # On Windows the linker is Visual Studio's: need_tauri_libs says so.
    case "$(uname -s)" in
        MINGW* | MSYS* | CYGWIN*) ;;
        *) need cc build-essential gcc base-devel ;;
    esac
    # A fresh installation is not on this shell's path yet.
    [ -f "$HOME/.cargo/env" ] && . "$HOME/.cargo/env"
    local wanted have
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
    have=$(rustc --version 2>/dev/null | awk '{print $2}' || true)
    if ! is_new_enough "$wanted" "$have"; then
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

# Node for the interface: 20.19 or newer, with npm. Where the system has none or an old one, the
# official build goes into the user's own folder and touches nothing else.
need_node() {
    local own=$HOME/.local/share/phantom-desk/node
    [ -d "$own/bin" ] && PATH=$own/bin:$PATH
    if command -v npm >/dev/null && is_new_enough 20.19.0 "$(node --version 2>/dev/null | tr -d v)"; then
        return
    fi
    [ "$(uname -s)" = Linux ] || fail "Node 20.19 or newer is missing: install it from https://nodejs.org and run this again"
    say "installing Node (found $(node --version 2>/dev/null || echo none))"
    need curl curl curl curl
    need xz xz-utils xz xz
    local from=https://nodejs.org/dist/latest-v24.x machine archive
    case "$(uname -m)" in
        x86_64) machine=x64 ;;
        aarch64) machine=arm64 ;;
        *) fail "no official Node is known for $(uname -m)" ;;
    esac
    archive=$(curl -fsSL "$from/SHASUMS256.txt" | grep "linux-$machine.tar.xz\$")
    curl -fSL --progress-bar -o "/tmp/${archive##* }" "$from/${archive##* }"
    (cd /tmp && sha256sum --check --quiet <<<"$archive") || fail "the archive of Node does not match its checksum"
    mkdir -p "$own"
    tar -xJf "/tmp/${archive##* }" -C "$own" --strip-components=1
    PATH=$own/bin:$PATH
}

is_new_enough() { # WANTED HAVE
    [ -n "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

# The interface's packages, as the lock file has them.
need_ui_packages() {
    local stamp=ui/node_modules/.package-lock.json
    if [ ! -f "$stamp" ] || [ ui/package-lock.json -nt "$stamp" ]; then
        (cd ui && npm ci --no-audit --no-fund && touch node_modules/.package-lock.json)
    else
        echo "up to date"
    fi
}

# What the window is built on: the system's web view, and the library that sounds go through.
need_tauri_libs() {
    case "$(uname -s)" in
        Linux) ;;
        Darwin)
            xcode-select -p >/dev/null 2>&1 ||
                fail "the command line tools are missing: run 'xcode-select --install' and then this again"
            return
            ;;
        MINGW* | MSYS* | CYGWIN*)
            echo "Windows needs the C++ build tools of Visual Studio and WebView2 (part of Windows 11):"
            echo "https://tauri.app/start/prerequisites/#windows"
            return
            ;;
        *) fail "no web view is known on $(uname -s)" ;;
    esac
    if command -v pkg-config >/dev/null && pkg-config --exists webkit2gtk-4.1 gtk+-3.0 alsa; then
        return
    fi
    say "installing the web view, the sounds, and what builds on them"
    if command -v apt-get >/dev/null; then
        debian_install pkg-config libwebkit2gtk-4.1-dev libgtk-3-dev libssl-dev libasound2-dev
    elif command -v dnf >/dev/null; then
        as_root dnf install -y -q pkgconf-pkg-config webkit2gtk4.1-devel gtk3-devel openssl-devel alsa-lib-devel
    elif command -v pacman >/dev/null; then
        as_root pacman -Sy --noconfirm --needed pkgconf webkit2gtk-4.1 gtk3 openssl alsa-lib
    else
        fail "webkit2gtk-4.1 or alsa is missing, and no package manager known here can install it: see https://tauri.app/start/prerequisites/#linux"
    fi
}

# What drives the window in tests: a display without a screen, a message bus, the web view's driver, a
# credential store.
need_window_driver() {
    [ "$(uname -s)" = Linux ] || fail "the window is driven on Linux only"
    need xvfb-run xvfb xorg-x11-server-Xvfb xorg-server-xvfb
    need xauth xauth xorg-x11-xauth xorg-xauth
    need dbus-run-session dbus dbus-daemon dbus
    need WebKitWebDriver webkit2gtk-driver webkit2gtk-driver webkitgtk-6.0
    # A credential store of its own for the story that needs one.
    need gnome-keyring-daemon gnome-keyring gnome-keyring gnome-keyring
    if ! "$HOME/.cargo/bin/tauri-driver" --help >/dev/null 2>&1; then
        say "building tauri-driver"
        # Built in a folder of its own, wherever the project's own builds go.
        env -u CARGO_TARGET_DIR cargo install tauri-driver --version '^2.1' --locked --quiet
    fi
}
