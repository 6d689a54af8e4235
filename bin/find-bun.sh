# Sourced by the launchers, with $here set to the folder of this file: sets $BUN to the Bun binary that npm installed, or
# to one on PATH, or to nothing. Where install scripts do not run, the binary is in an `@oven/bun-<system>-<cpu>[-<variant>]` package and
# node_modules/bun/bin/bun.exe is a placeholder (a script); where they run, they move the binary over the placeholder and the package may
# be gone. Either may be hoisted to a node_modules further up.
# Only shell built-ins are used on the usual way, since each fork costs about a millisecond of the start.

# Whether a file can be run and is not the placeholder.
is_program() {
  [ -x "$1" ] || return 1
  _line=
  IFS= read -r _line <"$1" 2>/dev/null
  case $_line in
    echo* | '#!'*) return 1 ;;
  esac
  return 0
}

BUN=
_modules=$here
_count=0
while :; do
  # The second form is for package managers that give each package a folder of its own and link `bun` into it.
  for _candidate in "$_modules"/node_modules/@oven/bun-*/bin/bun "$_modules"/node_modules/bun/../@oven/bun-*/bin/bun; do
    if [ -x "$_candidate" ]; then
      _count=$((_count + 1))
      BUN=$_candidate
    fi
  done
  if [ "$_count" -eq 0 ] && is_program "$_modules/node_modules/bun/bin/bun.exe"; then
    BUN=$_modules/node_modules/bun/bin/bun.exe
    break
  fi
  if [ "$_count" -gt 0 ] || [ -z "$_modules" ]; then break; fi
  _modules=${_modules%/*}
done

# npm installs the one package that fits this machine. A tree that was copied from elsewhere, or filled by another
# package manager, may hold several: then the machine decides, and a CPU without AVX2 gets the baseline build.
if [ "$_count" -gt 1 ]; then
  case $(uname -m) in
    x86_64 | amd64) _cpu=x64 ;;
    *) _cpu=aarch64 ;;
  esac
  case $(uname -s) in
    Darwin) _system=darwin _wanted="plain baseline" ;;
    *) _system=linux _wanted="plain baseline" ;;
  esac
  if [ "$_system" = linux ] && [ "$_cpu" = x64 ] && ! grep -q -m 1 avx2 /proc/cpuinfo 2>/dev/null; then
    _wanted="baseline plain"
  fi
  _musl=
  for _loader in /lib/ld-musl-*; do
    if [ -e "$_loader" ]; then _musl=-musl; fi
  done
  for _variant in $_wanted; do
    _suffix=$_musl
    if [ "$_variant" = baseline ]; then _suffix=$_musl-baseline; fi
    _candidate=$_modules/node_modules/@oven/bun-$_system-$_cpu$_suffix/bin/bun
    if [ -x "$_candidate" ]; then
      BUN=$_candidate
      break
    fi
  done
fi

if [ -z "$BUN" ]; then
  # Last resort.
  _found=$(command -v bun 2>/dev/null) || _found=
  if is_program "$_found"; then BUN=$_found; fi
fi
