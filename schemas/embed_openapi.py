#!/usr/bin/env python3
"""Turns openapi.yaml into JSON and into a C++ source that holds it. Usage: embed_openapi.py YAML JSON CPP VERSION"""
import json
import sys

import yaml

LITERAL_BYTES_MAX = 16_000  # compilers need not take more than 65,536 as one literal, adjacent ones included

source, json_path, cpp_path, version = sys.argv[1:]
with open(source, encoding="utf-8") as file:
    document = yaml.safe_load(file)
document["info"]["version"] = version
text = json.dumps(document, ensure_ascii=True, separators=(",", ":"))
with open(json_path, "w", encoding="utf-8") as file:
    file.write(text + "\n")
pieces = [text[at:at + LITERAL_BYTES_MAX] for at in range(0, len(text), LITERAL_BYTES_MAX)]
with open(cpp_path, "w", encoding="utf-8") as file:
    file.write('#include "schemas/openapi.hpp"\n\n#include <string>\n\nnamespace florin {\nnamespace {\n\nconstexpr std::string_view pieces[] = {\n')
    for piece in pieces:
        file.write(f'    R"openapi({piece})openapi",\n')
    file.write("""};

std::string joined() {
  std::string text;
  for (const std::string_view piece : pieces) text += piece;
  return text;
}

}  // namespace

std::string_view openapi_json() {
  static const std::string text = joined();
  return text;
}

}  // namespace florin
""")
