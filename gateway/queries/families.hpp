// The families of queries, put together by bind_queries().
#pragma once

#include "gateway/queries/queries.hpp"

namespace florin::gateway {

void bind_account_queries(Router& router, const QueryPorts& ports);
void bind_account_lists(Router& router, const QueryPorts& ports);
void bind_book_queries(Router& router, const QueryPorts& ports);
void bind_transaction_queries(Router& router, const QueryPorts& ports);
void bind_transfer_queries(Router& router, const QueryPorts& ports);

}  // namespace florin::gateway
