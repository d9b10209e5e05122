#include "projections/history_buffers.hpp"

#include <algorithm>
#include <tuple>

#include "schemas/items_codec.hpp"

namespace florin::projections {

using namespace history_rows;

void TransferBuffer::add(BookId book, const Transfer& transfer) {
  Row& row = open_[book];
  if (row.count == 0) row.first = transfer.timestamp;
  Writer out(row.value);
  write_transfer(out, transfer);
  if (++row.count == row_transfers_max) close(book, row);
}

void TransferBuffer::close(BookId book, Row& row) {
  Bytes next;
  next.reserve(row.value.size());
  full_.put(transfer_key(book, row.first), std::exchange(row.value, std::move(next)));
  row.count = 0;
}

void TransferBuffer::move_into(RowBuffer& rows) {
  for (auto& [book, row] : open_)
    if (row.count > 0) close(book, row);
  full_.move_into(rows);
  open_.clear();
}

void EntryBuffer::add(BookId book, AccountId account, const AccountEntry& entry) {
  const std::size_t begin = bytes_.size();
  Writer out(bytes_);
  write_entry(out, entry);
  FLORIN_ASSERT(bytes_.size() <= ~std::uint32_t{0});
  entries_.push_back({account, book, static_cast<std::uint32_t>(begin),
                      static_cast<std::uint32_t>(bytes_.size()), entry.timestamp});
}

void EntryBuffer::move_into(StoreBatch& batch) {
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.book, a.account, a.at) < std::tie(b.book, b.account, b.at);
  });
  for (auto entry = entries_.cbegin(); entry != entries_.cend();) entry = put_row(entry, batch);
  entries_.clear();
  bytes_.clear();
}

EntryBuffer::Entries::const_iterator EntryBuffer::put_row(Entries::const_iterator first,
                                                          StoreBatch& batch) const {
  auto end = first + 1;
  std::size_t bytes = first->end - first->begin;
  for (; end != entries_.end() && end->same_account(*first) &&
         end - first < static_cast<std::ptrdiff_t>(row_entries_max);
       ++end)
    bytes += end->end - end->begin + sizeof(Timestamp);
  Bytes value;
  value.reserve(bytes);
  Writer out(value);
  for (auto entry = first; entry != end; ++entry) {
    if (entry != first) {
      FLORIN_ASSERT(entry->at >= (entry - 1)->at);
      out.varint(entry->at.value - (entry - 1)->at.value);
    }
    out.raw(ByteView(bytes_).subspan(entry->begin, entry->end - entry->begin));
  }
  batch.put(account_key(first->book, first->account, first->at), std::move(value));
  return end;
}

}  // namespace florin::projections
