#include "gateway/commands/records.hpp"

#include "engine/base/assert.hpp"
#include "engine/base/codec.hpp"

// batch    := record{1..8189}            all accounts or all transfers; integers little-endian
// account  := id:u128 debits_pending:u128 debits_posted:u128 credits_pending:u128 credits_posted:u128
//             user_data_128:u128 user_data_64:u64 user_data_32:u32 reserved:u32
//             ledger:u32 code:u16 flags:u16 timestamp:u64
// transfer := id:u128 debit_account_id:u128 credit_account_id:u128 amount:u128 pending_id:u128
//             user_data_128:u128 user_data_64:u64 user_data_32:u32 timeout:u32
//             ledger:u32 code:u16 flags:u16 timestamp:u64
// results  := result{as many}
// result   := timestamp:u64 status:u32 reserved:u32

namespace florin::gateway {
namespace {

constexpr std::size_t record_bytes = 128;
constexpr std::size_t result_bytes = 16;

Account read_account_record(Reader& in) {
  Account account;
  account.id = {in.fixed<u128>()};
  account.balances.debits_pending = {in.fixed<u128>()};
  account.balances.debits_posted = {in.fixed<u128>()};
  account.balances.credits_pending = {in.fixed<u128>()};
  account.balances.credits_posted = {in.fixed<u128>()};
  account.user_data_128 = in.fixed<u128>();
  account.user_data_64 = in.fixed<std::uint64_t>();
  account.user_data_32 = in.fixed<std::uint32_t>();
  account.reserved = in.fixed<std::uint32_t>();
  account.ledger = {in.fixed<std::uint32_t>()};
  account.code = in.fixed<std::uint16_t>();
  account.flags = in.fixed<std::uint16_t>();
  account.timestamp = {in.fixed<std::uint64_t>()};
  return account;
}

Transfer read_transfer_record(Reader& in) {
  Transfer transfer;
  transfer.id = {in.fixed<u128>()};
  transfer.debit_account_id = {in.fixed<u128>()};
  transfer.credit_account_id = {in.fixed<u128>()};
  transfer.amount = {in.fixed<u128>()};
  transfer.pending_id = {in.fixed<u128>()};
  transfer.user_data_128 = in.fixed<u128>();
  transfer.user_data_64 = in.fixed<std::uint64_t>();
  transfer.user_data_32 = in.fixed<std::uint32_t>();
  transfer.timeout = in.fixed<std::uint32_t>();
  transfer.ledger = {in.fixed<std::uint32_t>()};
  transfer.code = in.fixed<std::uint16_t>();
  transfer.flags = in.fixed<std::uint16_t>();
  transfer.timestamp = {in.fixed<std::uint64_t>()};
  return transfer;
}

template <class Item>
tl::expected<std::vector<Item>, Problem> read_records(std::string_view body, Item (*read)(Reader&)) {
  const std::size_t count = body.size() / record_bytes;
  if (body.size() % record_bytes != 0 || count == 0 || count > batch_items_max)
    return tl::unexpected(Problem{.code = ProblemCode::records_malformed,
                                  .detail = "A batch is 1 to " + std::to_string(batch_items_max) +
                                            " records of " + std::to_string(record_bytes) +
                                            " bytes; this body has " + std::to_string(body.size()) +
                                            " bytes. Nothing was accepted."});
  std::vector<Item> items;
  items.reserve(count);
  Reader in(as_bytes(body));
  while (items.size() < count) items.push_back(read(in));
  FLORIN_ASSERT(in.done());
  return items;
}

class ResultRecords {
 public:
  explicit ResultRecords(Bytes& out) : out_(out) {}
  void operator()(const AccountCreated& body) { add(body.account.timestamp, AccountStatus::created); }
  void operator()(const AccountRefused& body) { add(body.timestamp, body.status); }
  void operator()(const TransferCreated& body) { add(body.transfer.timestamp, TransferStatus::created); }
  void operator()(const TransferRefused& body) { add(body.timestamp, body.status); }
  template <class Other>
  void operator()(const Other&) {}  // not the outcome of an item

 private:
  template <class Status>
  void add(Timestamp timestamp, Status status) {
    out_.fixed(timestamp.value);
    out_.fixed(static_cast<std::uint32_t>(status));
    out_.fixed(std::uint32_t{0});
  }
  Writer out_;
};

}  // namespace

Parsed parse_account_records(std::string_view body) {
  auto items = read_records<Account>(body, read_account_record);
  if (!items) return tl::unexpected(std::move(items).error());
  return ParsedCommand{CreateAccounts{*std::move(items)}};
}

Parsed parse_transfer_records(std::string_view body) {
  auto items = read_records<Transfer>(body, read_transfer_record);
  if (!items) return tl::unexpected(std::move(items).error());
  return ParsedCommand{CreateTransfers{*std::move(items)}};
}

std::string write_result_records(const Outcome& outcome) {
  Bytes bytes;
  bytes.reserve((outcome.last().value - outcome.first().value + 1) * result_bytes);
  ResultRecords results(bytes);
  outcome.for_each([&results](const Event& event) { std::visit(results, event.body); });
  return std::string(as_text(bytes));
}

}  // namespace florin::gateway
