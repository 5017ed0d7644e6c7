#!/usr/bin/env bash
# Makes sure of what the tests need besides Rust and Node: PostgreSQL's programs (the tests start a server of
# their own), a browser, Chinese fonts, LibreOffice (which recalculates exported formulas), the sqlite3 shell,
# and Python with openpyxl (a reader of workbooks that is not ours). Installs what is missing where it may.
set -euo pipefail
cd "$(dirname "$0")/.."

has_browser() {
  [ -n "${CHROMIUM:-}" ] && [ -x "$CHROMIUM" ] && return
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null && return
  done
  return 1
}
has_fonts() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn family 2>/dev/null | head -n 1)" ]; }
has_sqlite() { command -v sqlite3 >/dev/null; }
has_postgres() { command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
has_office() { command -v soffice >/dev/null; }
has_python() { command -v python3 >/dev/null && python3 -c 'import venv, ensurepip' 2>/dev/null; }

wanted=()
has_postgres || wanted+=(postgresql)
has_office || wanted+=(libreoffice-calc-nogui)
has_browser || wanted+=(chromium)
has_fonts || wanted+=(fonts-noto-cjk fontconfig)
has_sqlite || wanted+=(sqlite3)
has_python || wanted+=(python3 python3-venv)

install() {
  local as=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null && sudo -n true 2>/dev/null || return 1
    as=(sudo -n)
  fi
  command -v apt-get >/dev/null || return 1
  export DEBIAN_FRONTEND=noninteractive
  "${as[@]}" apt-get update -qq </dev/null
  "${as[@]}" apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null
}

if [ "${#wanted[@]}" -gt 0 ]; then
  echo "安装测试工具 · installing for the tests: ${wanted[*]}"
  if ! install "${wanted[@]}"; then
    echo "装不上,请自己安装后再运行 · cannot install these, please install them yourself and run again:" >&2
    echo "  sudo apt-get install ${wanted[*]}" >&2
    exit 1
  fi
  has_browser || { echo "没有可用的 Chromium;用 CHROMIUM=路径 指定 · no usable Chromium; name one with CHROMIUM=path" >&2; exit 1; }
fi

# The folder is made anew when the list of packages changes or a copy of it came from elsewhere.
venv=target/venv
if ! { [ -f "$venv/requirements.txt" ] && cmp -s scripts/requirements.txt "$venv/requirements.txt" &&
  "$venv/bin/python" -c 'import openpyxl' 2>/dev/null; }; then
  mkdir -p target
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input -r scripts/requirements.txt </dev/null
  cp scripts/requirements.txt "$venv/requirements.txt"
fi
