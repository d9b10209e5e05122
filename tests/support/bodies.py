"""Reads tests/gateway/commands/bodies.txt, whose head says what its lines mean, and says each row that follows from it: a body
and what must come of it. As a program it writes the rows for the tests in C++: a line for each, tabs between the columns (the table's
line, method, path, group, status, code, pointer, the body in hexadecimal digits)."""
import collections
import dataclasses
import itertools
import pathlib
import re
import sys

TABLE = pathlib.Path(__file__).parents[1] / "gateway/commands/bodies.txt"
OWN_FIRST = 1_000_000  # above every id that the table names

# `group` is the endpoint's field, "ask" or "bodies". `answers` are the items' statuses of a 200, or None where they are not asked;
# each is a list of the ones that may be.
Row = collections.namedtuple("Row", "line method path group status code pointer body answers")


@dataclasses.dataclass
class Endpoint:
    method: str
    path: str
    body: str = ""
    at: str = ""
    items: int = 0
    setups: list = dataclasses.field(default_factory=list)  # (path, body)
    fields: list = dataclasses.field(default_factory=list)  # (name, type, sent, {class: status})
    asks: list = dataclasses.field(default_factory=list)  # (line, statuses, changes)

    @property
    def name(self):
        return f"{self.method} {self.path} {self.at}".strip()

    @property
    def list(self):
        return self.at.split("/")[1] if self.at else ""

    def item(self, changes):
        """The JSON text of an item with other fields: {name: text}, where "absent" leaves one out."""
        texts = {name: sent for name, _, sent, _ in self.fields if sent != "-"} | changes
        return "{" + ",".join(f'"{name}":{text}' for name, text in texts.items() if text != "absent") + "}"

    def row(self, line, group, status, code, pointer, body, answers=None):
        return Row(line, self.method, self.path, group, status, code, pointer, body, answers)


class Table:
    def __init__(self, path=TABLE):
        self.types = collections.defaultdict(list)  # name: (line, class or code, text)
        self.endpoints = []
        self.bodies = []  # (line, status, code, pointer, text)
        self.own = itertools.count(OWN_FIRST)
        section = None
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            word, _, rest = line.strip().partition(" ")
            rest = rest.strip()
            if not word or word.startswith("#"):
                continue
            if line.startswith(" "):
                self.add(section, number, word, rest)
            elif word == "endpoint":
                self.endpoints.append(Endpoint(*rest.split()))
                section = self.endpoints[-1]
            elif word in ("type", "bodies"):
                section = self.types[rest] if word == "type" else self.bodies
            else:
                raise ValueError(f"{path.name}:{number}: a section starts with type, endpoint or bodies, not {word}")

    def add(self, section, number, word, rest):
        if section is self.bodies:
            section.append((number, int(word), *rest.split(None, 2)))
        elif not isinstance(section, Endpoint):
            section.append((number, word, rest))
        elif word == "field":
            name, type_name, sent, zero, good, most = rest.split()
            section.fields.append((name, type_name, sent, {"zero": zero, "good": good, "max": most}))
        elif word == "ask":
            statuses, changes = rest.split(None, 1)
            section.asks.append((number, statuses.split(","), [dict(change.split("=", 1) for change in item.split() if change != "-")
                                                               for item in changes.split("|")]))
        elif word == "setup":
            section.setups.append(tuple(rest.split(None, 1)))
        elif word in ("body", "at", "items"):
            setattr(section, word, int(rest) if word == "items" else "" if rest == "." else rest)
        else:
            raise ValueError(f"line {number}: an endpoint has no {word}")

    def rows(self, endpoint):
        bodies = self.body_rows(endpoint) if endpoint.items else ()
        return itertools.chain(self.field_rows(endpoint), self.ask_rows(endpoint), bodies)

    def field_rows(self, endpoint):
        for name, type_name, _, statuses in endpoint.fields:
            for line, outcome, text in self.types[type_name]:
                body = self.text(endpoint, endpoint.body.replace("ITEM", endpoint.item({name: text})))
                if outcome in statuses:
                    yield endpoint.row(line, name, 200, "-", "-", body, [statuses[outcome].split("/")])
                else:
                    code, at, place = outcome.partition("@")
                    pointer = f"{endpoint.at}/{name}" + (at and "/" + self.text(endpoint, place).decode())
                    yield endpoint.row(line, name, 400 if code == "syntax" else 422, code, pointer, body)

    def ask_rows(self, endpoint):
        for line, statuses, items in endpoint.asks:
            body = self.text(endpoint, endpoint.body.replace("ITEM", ",".join(map(endpoint.item, items))))
            yield endpoint.row(line, "ask", 200, "-", "-", body, [[status] for status in statuses])

    def body_rows(self, endpoint):
        for line, status, code, pointer, text in self.bodies:
            pointer = "" if pointer == "." else pointer.replace("LIST", endpoint.list)
            yield endpoint.row(line, "bodies", status, code, pointer, self.text(endpoint, text))

    def text(self, endpoint, text):
        """The bytes that a text of the table stands for."""
        text = text.replace("<LIST>", f"\\u{ord(endpoint.list[:1] or ' '):04x}{endpoint.list[1:]}").replace("LIST", endpoint.list)
        counts = {"MOST": endpoint.items, "OVER": endpoint.items + 1}
        text = re.sub(r"<ITEM\*(\w+)>", lambda m: ",".join(["ITEM"] * int(counts.get(m[1], m[1]))), text)
        text = text.replace("ITEM", endpoint.item({}))
        text = re.sub(r"OWN", lambda _: str(next(self.own)), text)
        text = re.sub(r"<2\^(\d+)(?:-(\d+))?>", lambda m: str(2 ** int(m[1]) - int(m[2] or 0)), text)
        text = re.sub(r"<(.)\*(\d+)>", lambda m: m[1] * int(m[2]), text)
        for name, value in {"SP": " ", "TAB": "\t", "NL": "\n", "EMPTY": "", "NUL": "\0", "BOM": "\ufeff"}.items():
            text = text.replace(f"<{name}>", value)
        return text.encode().replace(b"<FF>", b"\xff")


def main():
    table = Table()
    for endpoint in table.endpoints:
        for row in table.rows(endpoint):
            print(row.line, row.method, row.path, row.group, row.status, row.code, row.pointer, row.body.hex(), sep="\t")


if __name__ == "__main__":
    sys.exit(main())
