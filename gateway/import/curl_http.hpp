// Http by libcurl: one connection that is kept, TLS checked against the system's authorities or a file.
#pragma once

#include <memory>

#include "gateway/import/http.hpp"

namespace florin::importing {

// `url` is the server's, such as https://ledger.example; `authorities` a file of PEM certificates, or empty.
// Errc::invalid_argument when the URL is none of http or https.
Result<std::unique_ptr<Http>> open_http(const std::string& url, const std::string& authorities);

}  // namespace florin::importing
