"""What hosts said, as the rows of a report: whatever a host said, it has a row."""

import json
import re

STATES = ("disable", "enable")
TEXTS = ("command", "user", "home", "file", "source", "status", "previous", "uuid")
LONGEST_REASON = 500
LARGEST_ANSWER = 4_000_000
OBJECT_START = '{"schema":1,'
NO_USER = "note: none of these users has a TiUP home"
SSH_SAYS = re.compile(r"Shared connection to .* closed\.")


def telemetry_host(found):
    """What the host said of itself: a runtime, its machine, the user."""
    lines = re.findall(r"^telemetry_(\w+)=(.*?)\r?$", found.get("stdout") or "", re.MULTILINE)
    return {key: one_line(value).strip() for key, value in lines}


def telemetry_rows(results, host, asked):
    """The rows of one host. `asked` holds state, mode, dry_run, users and homes."""
    answer, found = results  # of "Run telemetry ..." and of "Ask what the host has"
    rows = []
    if len(answer.get("stdout") or "") > LARGEST_ANSWER:
        answer = {"msg": f"An answer of more than {LARGEST_ANSWER} bytes"}
    if answer.get("rc") is not None:
        rows = [asked_row(row, asked) for row in map(read_row, lines_of(answer, "stdout")) if row]
    rows += missing_rows(answer, found, rows, asked)
    user = telemetry_host(found).get("user")
    for row in rows:
        row["host"] = host
        if not asked["users"]:
            row["user"] = user
        row["result"] = result_of(row, asked)
    return rows


def telemetry_fleet(hosts, hostvars):
    """The rows of all hosts, in their order."""
    return [row for host in hosts for row in hostvars[host].get("telemetry_rows") or [
        {"host": host, "result": "failed", "error": unanswered("The host was not asked")}
    ]]


def read_row(line):
    """The object of a line that the program printed; None for any other line."""
    if not line.startswith(OBJECT_START):
        return None
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    row = {key: as_text(told[key]) for key in TEXTS if isinstance(told.get(key), str)}
    row["schema"] = 1
    error = told.get("error")
    if isinstance(error, dict):
        row["error"] = {key: as_text(str(error.get(key, ""))) for key in ("code", "message")}
        return row
    row["changed"] = told.get("changed") is True
    return row if row.get("status") in STATES else None


def asked_row(row, asked):
    """The row; a failure where its user was not asked."""
    user, users = row.get("user"), asked["users"]
    if not users or (user and (users == "all" or user in users)):
        return row
    return {"error": unanswered(f"An answer of a user that was not asked: {one_line(user or '')}")}


def missing_rows(answer, found, rows, asked):
    """A row for whatever was asked and not answered."""
    code = answer.get("rc")
    failed = any("error" in row for row in rows)
    if code not in (0, 1, 3) or (code == 1 and not failed):
        return [{"error": unanswered(reason(answer, found))}]
    if asked["homes"]:
        told = [row.get("home") for row in rows]
        return [
            {"home": home, "error": unanswered(reason(answer, found))}
            for home in asked["homes"] if home not in told
        ]
    if rows:
        told = [row.get("user") for row in rows]
        users = asked["users"] if isinstance(asked["users"], list) else []
        return [{"user": user, "note": "No TiUP home"} for user in users if user not in told]
    if asked["users"] and NO_USER in lines_of(answer, "stderr") + lines_of(answer, "stdout"):
        return [{"note": "No user has a TiUP home"}]
    return [{"error": unanswered(reason(answer, found))}]


def result_of(row, asked):
    """One word for the report. A missing file is neither state."""
    if "error" in row:
        return "failed"
    if "note" in row:
        return "no home"
    right = row["status"] == asked["state"]
    if asked["mode"] == "check":
        return "ok" if right and row.get("source") == "file" else "differs"
    if asked["dry_run"]:
        return "would change" if row["changed"] else "ok"
    if not right:
        return "differs"
    return "changed" if row["changed"] else "ok"


def unanswered(message):
    return {"code": "unanswered", "message": message}


def reason(answer, found):
    """Why a host has no answer, in one line."""
    if found.get("unreachable"):
        return one_line(found.get("msg") or "") or "Unreachable"
    if answer.get("skipped"):
        machine = telemetry_host(found).get("machine")
        if not machine:
            return one_line(found.get("msg") or "") or "No answer to what it has"
        return f"No Node 20, Deno 2 or Bun 1 in PATH, and no executable for {machine}"
    if answer.get("unreachable") or answer.get("rc") is None:
        return one_line(answer.get("msg") or "") or "Unreachable"
    return said(answer) or f"Exit code {answer['rc']} without an answer"


def said(answer):
    """What a host said besides the objects."""
    lines = lines_of(answer, "stderr") + lines_of(answer, "stdout")
    others = [line for line in lines if not read_row(line) and not SSH_SAYS.fullmatch(line)]
    return " ".join(one_line(" ".join(others)).split())[:LONGEST_REASON]


def lines_of(answer, stream):
    return as_text(answer.get(stream) or "").replace("\r\n", "\n").split("\n")


def as_text(text):
    """Without lone surrogates, which no file can hold."""
    return str(text).encode("utf-8", "replace").decode("utf-8")


def one_line(text):
    """Without anything that a terminal or a spreadsheet obeys."""
    return "".join(c if c.isprintable() else " " for c in as_text(text))


class FilterModule:
    def filters(self):
        return {
            "telemetry_host": telemetry_host,
            "telemetry_rows": telemetry_rows,
            "telemetry_fleet": telemetry_fleet,
            "telemetry_line": one_line,
        }
