// The OpenAPI 3.1 document of the public API, made from schemas/openapi.yaml when the program is built.
#pragma once

#include <string_view>

namespace florin {

std::string_view openapi_json();

}  // namespace florin
