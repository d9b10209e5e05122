"""The layer check must find what it is there for: each case breaks one rule in a small tree and names the finding."""
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]


def check(root):
    done = subprocess.run([sys.executable, ROOT / ".ci/layers", root], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def tree(folder, files):
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def test_given_the_project_when_checked_then_it_is_in_order():
    code, output = check(ROOT)
    assert code == 0, output


def test_given_an_allowed_edge_when_checked_then_there_is_no_finding(tmp_path):
    code, output = check(tree(tmp_path, {
        "schemas/a.hpp": "#pragma once\n",
        "engine/ledger/b.cpp": '#include "schemas/a.hpp"\n#include <vector>\n',
        "gateway/http/c.cpp": '#include "projections/query.hpp"\n#include <boost/beast/http.hpp>\n',
        "projections/query.hpp": "#pragma once\n",
    }))
    assert code == 0, output


@pytest.mark.parametrize("path, text, finding", [
    ("engine/ledger/b.cpp", '#include "engine/store/s.hpp"\n', "engine/ledger may not use engine/store"),
    ("schemas/b.cpp", '#include "engine/store/s.hpp"\n', "schemas may not use engine/store"),
    ("gateway/http/b.cpp", '#include "projections/other.hpp"\n', "gateway may not use projections"),
    ("engine/book/b.cpp", "#include <chrono>\n", "<chrono> does not belong into a pure room"),
    ("engine/ledger/b.cpp", "#include <unordered_map>\n", "table.hpp"),
    ("gateway/appender/b.cpp", "#include <boost/beast/http.hpp>\n", "see Beast"),
    ("engine/ledger/b.cpp", '#include "b.hpp"\n', "no path from the root"),
    ("engine/ledger/b.hpp", "int x;\n", "#pragma once"),
    ("engine/unknown/b.cpp", "\n", "no room"),
    ("engine/ledger/b.cpp", "\n" * 451, "451 lines"),
    ("engine/ledger/b.cpp", "// TO" + "DO later\n", "unfinished"),
])
def test_given_a_broken_rule_when_checked_then_it_is_named(tmp_path, path, text, finding):
    code, output = check(tree(tmp_path, {
        path: text,
        "engine/store/s.hpp": "#pragma once\n",
        "projections/other.hpp": "#pragma once\n",
    }))
    assert code == 1
    assert finding in output
