# Sourced by the launchers, with $here set to the folder of this file: sets $BUN to the Bun binary that npm installed, or
# to one on PATH, or to nothing. The `bun` package itself only holds a placeholder where install scripts do not run; the
# binary is in an `@oven/bun-<system>-<cpu>[-<variant>]` package beside it, or hoisted to a node_modules further up.
# Only shell built-ins are used on the usual way, since each fork costs about a millisecond of the start.

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
  # Last resort. A `bun` that is the placeholder of node_modules/.bin is a script and not a program: it is passed over.
  _found=$(command -v bun 2>/dev/null) || _found=
  if [ -n "$_found" ] && ! head -c 4 "$_found" 2>/dev/null | grep -q echo; then BUN=$_found; fi
fi
