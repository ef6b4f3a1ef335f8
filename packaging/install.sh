#!/bin/sh
# Puts the files of aws-eni in place, or takes them away: those of the RPM, which calls this too, on any distribution.
set -eu
# What is installed is for all to read, whatever root's own umask.
umask 022

usage() {
  cat <<END
usage: install.sh [--build] [PREFIX]       installs below PREFIX (default: /usr/local)
       install.sh --uninstall [PREFIX]     takes the same files away

  --build   runs 'npm run build' first

Pacemaker looks for agents in /usr/lib/ocf and nowhere else, so the link there does not depend on PREFIX.
Environment: DESTDIR, a root to install into; SBINDIR, MANDIR, DATADIR, DOCDIR, OCF_ROOT, where PREFIX is not enough.
END
}

build=no
uninstall=no
prefix=/usr/local
for argument; do
  case "$argument" in
    --build) build=yes ;;
    --uninstall) uninstall=yes ;;
    -h | --help) usage; exit 0 ;;
    /*) prefix="${argument%/}" ;;
    *) usage >&2; exit 2 ;;
  esac
done

cd "$(dirname "$0")/.."
root="${DESTDIR:-}"
sbin="${SBINDIR:-$prefix/sbin}"
man="${MANDIR:-$prefix/share/man}"
data="${DATADIR:-$prefix/share}"
doc="${DOCDIR:-$prefix/share/doc/aws-eni}"
ocf="${OCF_ROOT:-/usr/lib/ocf}/resource.d/custom"

# MODE SOURCE DESTINATION
files() {
  cat <<END
755 dist/aws-eni $sbin/aws-eni
644 packaging/ocf_custom_aws-eni.7 $man/man7/ocf_custom_aws-eni.7
644 packaging/aws-eni.8 $man/man8/aws-eni.8
644 packaging/completion/aws-eni.bash $data/bash-completion/completions/aws-eni
644 packaging/completion/_aws-eni $data/zsh/site-functions/_aws-eni
644 LICENSE $doc/LICENSE
644 dist/THIRD-PARTY-LICENSES $doc/THIRD-PARTY-LICENSES
644 dist/aws-eni.cdx.json $doc/aws-eni.cdx.json
644 README.md $doc/README.md
END
  for example in ocf/examples/*; do
    echo "644 $example $doc/examples/${example##*/}"
  done
}

if [ "$uninstall" = yes ]; then
  # Somebody else's agent of that name is not ours to take away.
  if [ "$(readlink -f "$root$ocf/aws-eni")" = "$(readlink -f "$root$sbin/aws-eni")" ]; then
    rm -f "$root$ocf/aws-eni"
  fi
  files | while read -r _ _ destination; do rm -f "$root$destination"; done
  for directory in "$doc/examples" "$doc" "$ocf"; do
    if [ -d "$root$directory" ]; then rmdir --ignore-fail-on-non-empty "$root$directory"; fi
  done
  exit 0
fi

if [ "$build" = yes ]; then npm run --silent build; fi
files | while read -r _ source _; do
  if [ ! -e "$source" ]; then
    echo "install.sh: there is no $source; run 'npm run build' first" >&2
    exit 1
  fi
done
if [ -e "$root$ocf/aws-eni" ] && [ ! -L "$root$ocf/aws-eni" ]; then
  echo "install.sh: $root$ocf/aws-eni is somebody else's; take it away first" >&2
  exit 1
fi
# The executable may be running: install(1) makes a new file, and what runs keeps the old one.
files | while read -r mode source destination; do
  install -D -m "$mode" "$source" "$root$destination"
done
mkdir -p "$root$ocf"
ln -sfr "$root$sbin/aws-eni" "$root$ocf/aws-eni"
