#!/bin/sh
# Runs a command of telemetry for each user of this machine who has a TiUP home,
# as that user. Only root can run it.
#
#   each-user.sh status
#   each-user.sh disable --check --json
#
# TELEMETRY  The command that runs the program, split at blanks. Its last word is
#            the program's file: "node /opt/telemetry.mjs". Without it, the file
#            "telemetry" that PATH finds. All users must be able to read it.
# USERS      The users, split at blanks. Without it, all that "getent passwd"
#            lists. LDAP and SSSD often list nobody.
# TIMEOUT    Seconds after which a user's command is killed. Without it, 60.
#
# A line "user: NAME" stands before each answer, and "user NAME: " before each line
# on standard error. With --json, "user" is the last key of each object. A user
# without ~/.tiup is skipped. A TIUP_HOME of a user's profile is not seen. What a
# user's process answers is that user's claim: only lines of the program's own form
# pass, and what is not printable ASCII is shown as "?".
#
# Exit 1: the command of a user failed, was killed or gave no answer. Exit 3: none
# did, but --check found another state. Exit 2: usage, nothing was run.
set -fu
export LC_ALL=C
# The PATH of cron lacks these, and with them runuser: su does without it, but worse.
PATH=$PATH:/usr/sbin:/sbin

NO_HOME=99
NO_PROGRAM=98
CLOSED_HOME=97
LARGEST_ANSWER=65536
LINE_BREAK='
'

# The answers that the program prints.
TEXT='status: (enable|disable)|uuid: .*|(Enable|Disable) telemetry success|Reset uuid as: .* success'
STRING='"([^"\\]|\\["\\/bfnrt]|\\u[0-9a-f]{4})*"'
STATUS='"(enable|disable)"'
STATE='"source":"(file|default)","status":'$STATUS'(,"previous":'$STATUS')?,"uuid":(null|'$STRING'),"changed":(true|false)'
FAILURE='"error":\{"code":"[a-z-]+","message":'$STRING'(,"line":[1-9][0-9]{0,5})?\}'
OBJECT='\{"schema":1,"command":"[a-z]+","home":(null|'$STRING'),"file":(null|'$STRING'),('$STATE'|'$FAILURE')\}'

refuse() {
  printf 'error: %s\n' "$2" >&2
  exit "$1"
}

# Where sh is dash, it cannot close a descriptor above 9. Bash can. A keyring of
# root's session would be open to the user.
CLOSER=$(command -v bash || command -v sh)
# shellcheck disable=SC2016 # another shell expands it
CLOSE_DESCRIPTORS='
  for fd in /dev/fd/*; do
    case ${fd##*/} in [012]) ;; *) eval "exec ${fd##*/}>&-" ;; esac
  done
  if command -v keyctl > /dev/null; then keyctl new_session > /dev/null 2>&1; fi
  exec "$@"'

# The user's part. Its arguments are the home directory, the program's file, and
# what env needs. Only a home that is known not to be there is skipped.
RUN="
  test -e \"\$0/.tiup\" || test -L \"\$0/.tiup\" || case \$0\$(LC_ALL=C ls -d \"\$0/.tiup\" 2>&1) in
    /*': No such file or directory' | /*': Not a directory') exit $NO_HOME ;;
    *) exit $CLOSED_HOME ;;
  esac
  test -r \"\$1\" || test -x \"\$1\" || exit $NO_PROGRAM
  shift
  exec env -i \"\$@\""

# The session has no terminal. Root's environment and descriptors are gone before the
# user's process begins. At the end of the time su, too, must be able to end what it
# started, in a session of its own: so TERM comes before KILL.
as_user() {
  user=$1
  shift
  if command -v runuser > /dev/null; then
    set -- runuser -u "$user" -- /bin/sh -c "$RUN" "$@"
  elif command -v su > /dev/null; then
    set -- su -s /bin/sh -c "$RUN" -- "$user" "$@"
  else
    set -- sudo -n -u "$user" -- /bin/sh -c "$RUN" "$@"
  fi
  env -i PATH="$PATH" setsid timeout -k 5 "$TIMEOUT" \
    "$CLOSER" -c "$CLOSE_DESCRIPTORS" "$CLOSER" "$@" < /dev/null
}

# A process that the user left behind may hold the pipe open: cat ends all the same.
clean() {
  timeout "$((TIMEOUT + 10))" cat | head -c "$LARGEST_ANSWER" |
    tr '\000-\011\013-\037\177-\377' '?'
}

# Prints what the user's process prints, then "code N", then what it says on
# standard error.
ask() {
  {
    errors=$(
      {
        {
          as_user "$@"
          printf '\ncode %s\n' "$?"
        } | clean >&3
      } 2>&1 | clean
    )
    printf '%s\n' "$errors"
  } 3>&1
}

# Nothing but what the program prints for one home: else a user could forge what
# another user answers.
is_answer() {
  if test -n "$json"; then
    test "$(printf '%s\n' "$output" | head -n 1 | grep -xE "$OBJECT")" = "$output"
  else
    test "$(printf '%s\n' "$output" | head -n 2 | grep -xE "$TEXT")" = "$output"
  fi
}

# Why there is no answer; empty if there is one. Text has the reason of a failure on
# standard error, JSON in an object.
find_fault() {
  fault=
  answer=$output
  case $json$code in 1 | 2) answer=$output$errors ;; esac
  case $code in
    [0123]) test -n "$answer" || fault="exit code $code without an answer${errors:+: $errors}" ;;
    "$CLOSED_HOME") fault="may not enter $home" ;;
    "$NO_PROGRAM") fault="may not read $program" ;;
    124 | 137) fault="killed, or not done within $TIMEOUT seconds" ;;
    *) fault="exit code ${code:-unknown}${errors:+: $errors}" ;;
  esac
  fault=${fault%%"$LINE_BREAK"*}
}

print_errors() {
  printf '%s\n' "$errors" | while IFS= read -r line; do
    printf 'user %s: %s\n' "$name" "$line"
  done >&2
}

fault_as_json() {
  printf '{"schema":1,"command":"%s","home":null,"file":null,' "$command"
  printf '"error":{"code":"unanswered","message":"%s"},' "$(json_text "$fault")"
  printf '"user":"%s"}\n' "$(json_text "$name")"
}

json_text() {
  printf '%s\n' "$1" | sed 's/["\\]/\\&/g'
}

# Where there is no getent, as on macOS, sh knows the home directories.
passwd_entry() {
  getent passwd "$1" && return
  case $1 in
    -* | *[!A-Za-z0-9._-]*) printf '%s:::::\n' "$1" ;;
    *) eval "home=~$1" && printf '%s:::::%s\n' "$1" "$home" ;;
  esac
}

passwd_entries() {
  if test -z "${USERS-}"; then
    getent passwd
    return
  fi
  for name in $USERS; do
    passwd_entry "$name"
  done
}

command=${1-}
case $command in
  status | enable | disable | reset) ;;
  -h | --help | help)
    sed -n '2,/^set /s/^# \{0,1\}//p' "$0"
    exit
    ;;
  *) refuse 2 "usage: each-user.sh status|enable|disable|reset [FLAGS]" ;;
esac
case " $* " in *' --home'*) refuse 2 "each user's ~/.tiup is asked for: leave out --home" ;; esac
case " $* " in *' --json '*) json=json ;; *) json= ;; esac
TIMEOUT=${TIMEOUT:-60}
case $TIMEOUT in
  0* | *[!0-9]*) refuse 2 "TIMEOUT is a number of seconds, not \"$TIMEOUT\"" ;;
esac
test "$(id -u)" = 0 || refuse 1 "only root can run commands as other users"
test -d /dev/fd || refuse 1 "no /dev/fd: mount /proc"
for tool in setsid timeout; do
  command -v "$tool" > /dev/null || refuse 1 "no $tool in PATH"
done
"$CLOSER" -c 'exec 10>&-' 2> /dev/null || refuse 1 "no bash in PATH"
telemetry=${TELEMETRY:-telemetry}
case $telemetry in *\ *) ;; *) telemetry=$(command -v "$telemetry") ;; esac
program=${telemetry##* }
case $program in
  /*) ;;
  *) refuse 1 "no program: name its file in full, as in TELEMETRY=\"node /opt/telemetry.mjs\"" ;;
esac
entries=$(passwd_entries 2> /dev/null) || entries=
entries=$(printf '%s\n' "$entries" | tr '\000-\011\013-\037\177' '?') || entries=
test -n "$entries" || refuse 1 "getent lists no users: name them, as in USERS=\"alice bob\""

cd /
worst=0
asked=
# Where no process can be started any more, the shell ends at once, and with 2.
trap 'test -n "$finished" || refuse 1 "stopped before all users were asked"' EXIT
finished=
# No here-document: a shell keeps it in /tmp, which users can fill.
IFS=$LINE_BREAK
for entry in $entries; do
  unset IFS
  name=${entry%%:*}
  home=${entry#*:*:*:*:*:}
  home=${home%%:*}
  # shellcheck disable=SC2086 # TELEMETRY is split at blanks
  answer=$(
    ask "$name" "$home" "$program" \
      PATH="$PATH" HOME="$home" USER="$name" LOGNAME="$name" $telemetry "$@"
  )
  code=$(printf '%s\n' "$answer" | sed -n '/^code /{s///p;q;}')
  # Some systems give root's home to users of their own, who never log in.
  case $code:$entry in
    "$NO_HOME":* | "$CLOSED_HOME":*/nologin | "$CLOSED_HOME":*/false) continue ;;
  esac
  asked=yes
  output=$(printf '%s\n' "$answer" | sed '/^code /,$d')
  errors=$(printf '%s\n' "$answer" | sed '1,/^code /d')
  if ! is_answer; then
    errors=$output${errors:+$LINE_BREAK$errors}
    output=
  fi
  find_fault
  if test -z "$json"; then
    output="user: $name${output:+$LINE_BREAK$output}"
  elif test -n "$fault"; then
    output=$(fault_as_json)
  else
    output="${output%\}},\"user\":\"$(json_text "$name")\"}"
  fi
  printf '%s\n' "$output" || worst=1
  # Of a killed process the shell speaks there, too.
  test -z "$errors" || test "$code" = 124 || test "$code" = 137 || print_errors
  test -z "$fault" || printf 'error: user %s: %s\n' "$name" "$fault" >&2
  case $fault:$code in
    :0) ;;
    :3) test "$worst" != 0 || worst=3 ;;
    *) worst=1 ;;
  esac
done
test -n "$asked" || echo "note: none of these users has a TiUP home" >&2
finished=yes
exit "$worst"
