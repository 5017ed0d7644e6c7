#!/usr/bin/env bash
# Says which tools for building are missing, and how to get them, before a compiler says it less clearly.
set -euo pipefail

missing=0
say() {
  echo "缺 · missing: $1" >&2
  missing=1
}

# Whether version $1 is at least $2.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

rust=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
if ! command -v cargo >/dev/null; then
  say "Rust $rust 或更新(用 rustup 安装)· Rust $rust or newer (install it with rustup)"
elif ! at_least "$(rustc --version | cut -d' ' -f2)" "$rust"; then
  say "Rust $rust 或更新,现在是 $(rustc --version | cut -d' ' -f2);请运行 rustup update · Rust $rust or newer: rustup update"
fi
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  say "Node.js 20.19 或更新,带 npm · Node.js 20.19 or newer, with npm"
elif ! at_least "$(node --version | tr -d v)" 20.19; then
  say "Node.js 20.19 或更新,现在是 $(node --version) · Node.js 20.19 or newer"
fi
if ! command -v cc >/dev/null && ! command -v gcc >/dev/null && ! command -v clang >/dev/null; then
  say "C 编译器(Debian/Ubuntu:build-essential)· a C compiler (Debian/Ubuntu: build-essential)"
fi
exit "$missing"
