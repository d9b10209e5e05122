// How lists over all rows of a book and their summaries are answered: the same for every kind of rows.
// `read_filter` reads the rest of the parameters, and its problem is that of all of them; `ask` asks the read
// model with the filter and the part of the list, or the range of time.
#pragma once

#include "gateway/queries/lists.hpp"
#include "gateway/queries/render.hpp"

namespace florin::gateway {

template <class ReadFilter, class Ask>
Answered answer_list(const Request& request, const Client& client, std::string_view kind,
                     std::span<const std::string_view> indexes, ReadFilter read_filter, Ask ask) {
  const std::string list = list_name(request, kind);
  Parameters parameters(request);
  const projections::Slice slice = read_slice(parameters, request, list);
  const auto filter = read_filter(parameters, request, client);
  if (!filter) return tl::unexpected(filter.error());
  const auto found = value_of(ask(*filter, slice));
  if (!found) return tl::unexpected(with_advice(found.error(), request, client, indexes));
  return at_position(request, found->at, list_of(found->value, list));
}

template <class ReadFilter, class Ask>
Answered answer_summary(const Request& request, const Client& client,
                        std::span<const std::string_view> indexes, ReadFilter read_filter, Ask ask) {
  Parameters parameters(request);
  const projections::TimeRange range = read_range(parameters);
  const auto filter = read_filter(parameters, request, client);
  if (!filter) return tl::unexpected(filter.error());
  const auto found = value_of(ask(*filter, range));
  if (!found) return tl::unexpected(with_advice(found.error(), request, client, indexes));
  return at_position(request, found->at, whole_list(found->value));
}

}  // namespace florin::gateway
