#!/usr/bin/env python3
"""Turns openapi.yaml into JSON and into a C++ source that holds it. Usage: embed_openapi.py YAML JSON CPP VERSION"""
import json
import sys

import yaml

LITERAL_BYTES_MAX = 16_000  # compilers bound the length of one literal; adjacent ones are joined

source, json_path, cpp_path, version = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    document = yaml.safe_load(file)
document["info"]["version"] = version
text = json.dumps(document, ensure_ascii=True, separators=(",", ":"))
with open(json_path, "w", encoding="utf-8") as file:
    file.write(text + "\n")
pieces = [text[at:at + LITERAL_BYTES_MAX] for at in range(0, len(text), LITERAL_BYTES_MAX)]
with open(cpp_path, "w", encoding="utf-8") as file:
    file.write('#include "schemas/openapi.hpp"\n\nnamespace florin {\n\nstd::string_view openapi_json() {\n  static const std::string_view text =\n')
    for piece in pieces:
        file.write(f'      R"openapi({piece})openapi"\n')
    file.write("      ;\n  return text;\n}\n\n}  // namespace florin\n")
