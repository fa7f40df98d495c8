#!/bin/sh
# The head of the file that is shipped to a host. Behind it stand each-user.sh and
# the program, compressed. It unpacks both, runs the command, and removes them.
#
#   sh FILE RUNTIME USERS COMMAND [FLAGS]
#
# RUNTIME  The command that runs the program. Empty: the program is an executable.
# USERS    The users, split at blanks, or "all". Empty: the user who runs this.
set -u
umask 022
runtime=$1
users=$2
shift 2
program=telemetry${runtime:+.mjs}

unpack() {
  sed -n '/^#== each-user\.sh$/,/^#== program$/p;/^#== program$/q' "$0" > "$folder/each-user.sh" &&
    start=$(awk '/^#== program$/ { print NR + 1; exit }' "$0") &&
    tail -n "+$start" "$0" | gzip -dc > "$folder/$program" &&
    chmod 755 "$folder/$program"
}

telemetry() {
  # shellcheck disable=SC2086 # the runtime is a command with its flags
  $runtime "$folder/$program" "$@"
}

# An executable does not run where the file system is mounted noexec, or full. Where
# only root may write is first: users can put files that a runtime reads into /tmp.
folder=
trap 'test -z "$folder" || rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
for parent in /opt /var/tmp /tmp "${HOME:-/root}"; do
  folder=$(mktemp -d "$parent/telemetry.XXXXXX" 2> /dev/null) || continue
  chmod 755 "$folder" # the users read it
  fault=$(unpack 2>&1 && telemetry --version 2>&1) && break
  rm -rf "$folder"
  folder=
done
if test -z "$folder"; then
  echo "error: ${fault:-nowhere to unpack the program}" >&2
  exit 1
fi

case $users in
  '') telemetry "$@" ;;
  *)
    test "$users" = all || export USERS="$users"
    TELEMETRY="${runtime:+$runtime }$folder/$program" sh "$folder/each-user.sh" "$@"
    ;;
esac
exit # what follows is no script
