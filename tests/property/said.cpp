#include "tests/property/said.hpp"

#include <array>

namespace florin::property {
namespace {

struct Reader {
  std::uint64_t time;

  Answer operator()(const AccountCreated& e) const { return {"created", time, e.account.timestamp.value}; }
  Answer operator()(const AccountRefused& e) const { return refused(e); }
  Answer operator()(const TransferCreated& e) const {
    return {"created", time, e.transfer.timestamp.value, {e.debit, e.credit}};
  }
  Answer operator()(const TransferRefused& e) const {
    Answer answer = refused(e);
    answer.available = e.available;
    return answer;
  }
  Answer operator()(const TransactionCreated& e) const {
    Answer answer{"created", time, e.transaction.timestamp.value};
    answer.legs = e.legs;
    return answer;
  }
  Answer operator()(const TransactionRefused& e) const {
    Answer answer = refused(e);
    answer.posting = e.posting;
    answer.available = e.available;
    return answer;
  }
  Answer operator()(const MetadataSet& e) const {
    Answer answer{"set", time, e.timestamp.value};
    answer.changes = e.changes;
    return answer;
  }
  Answer operator()(const MetadataRefused& e) const { return {std::string(name(e.status)), time}; }
  Answer operator()(const LimitsSet&) const { return {"set", time}; }
  Answer operator()(const LimitsRefused& e) const { return {std::string(name(e.status)), time}; }
  template <class Other>
  Answer operator()(const Other&) const {
    return {"no answer", time};
  }

  template <class Refused>
  Answer refused(const Refused& e) const {
    return {std::string(name(e.status)), time, e.timestamp.value};
  }
};

struct IdOf {
  u128 operator()(const Account& item) const { return item.id.value; }
  u128 operator()(const Transfer& item) const { return item.id.value; }
  u128 operator()(const Transaction& item) const { return item.id.value; }
  u128 operator()(const SetMetadata& item) const { return item.target.id; }
  u128 operator()(const SetLimits& item) const { return item.account.value; }

  u128 operator()(const AccountCreated& e) const { return e.account.id.value; }
  u128 operator()(const TransferCreated& e) const { return e.transfer.id.value; }
  u128 operator()(const TransactionCreated& e) const { return e.transaction.id.value; }
  template <class Event>
  u128 operator()(const Event& e) const {
    if constexpr (requires { e.target; }) return e.target.id;
    else if constexpr (requires { e.id; }) return e.id.value;
    else return 0;
  }
};

}  // namespace

std::optional<EventBody> body_of(const Event& event, bool dry_run) {
  const auto* previewed = std::get_if<Previewed>(&event.body);
  if ((previewed != nullptr) != dry_run) return std::nullopt;
  if (previewed == nullptr) return event.body;
  const auto body = decode_previewed(*previewed);
  return body ? std::optional(*body) : std::nullopt;
}

Answer read(const Event& event) { return std::visit(Reader{event.time.value}, event.body); }

About about(const EventBody& body) {
  const std::string_view name = florin::name(body);
  return {name.substr(0, name.find('_')), std::visit(IdOf{}, body)};
}

About about(const BulkItem& item) {
  static constexpr std::array<std::string_view, 5> kinds{"account", "transfer", "transaction", "metadata",
                                                         "limits"};
  return {kinds.at(item.index()), std::visit(IdOf{}, item)};
}

}  // namespace florin::property
