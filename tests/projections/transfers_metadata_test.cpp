// Transfers found by their metadata.
#include "tests/projections/transfers_rig.hpp"

using namespace florin;
using namespace florin::test;

TEST_CASE("given metadata that changes, then a transfer is found by what it has now") {
  TransfersRig rig;
  rig.pay(rig.made(1));
  const Timestamp at{rig.model.now()};
  const auto set = [&](std::optional<std::string> before, std::optional<std::string> after) {
    MetadataSet event{{TargetKind::transfer, 1}, at, {{"city", std::move(before), std::move(after)}}};
    rig.log.append({Event{{rig.model.now()}, book, 0, std::move(event)}});
  };
  TransferFilter paris, rome;
  paris.metadata = {{"city", {"Paris"}}};
  rome.metadata = {{"city", {"Rome"}}};
  set(std::nullopt, "Paris");
  CHECK(rig.ids(paris) == Ids{1});
  CHECK(rig.ask(paris)->value.rows[0].metadata == Metadata{{"city", "Paris"}});
  set("Paris", "Rome");
  CHECK(rig.ids(paris).empty());
  CHECK(rig.ids(rome) == Ids{1});
  rome.metadata["shop"] = {"1"};
  CHECK(rig.ids(rome).empty());
  set("Rome", std::nullopt);
  rome.metadata.erase("shop");
  CHECK(rig.ids(rome).empty());
  CHECK(rig.ask({})->value.rows[0].metadata.empty());
}

TEST_CASE("given several values of a key, then any fits, an empty one too, and every key must") {
  TransfersRig rig;
  const auto pay = [&](u128 id, std::vector<std::pair<std::string, std::string>> metadata) {
    rig.pay(rig.made(id));
    MetadataSet event{{TargetKind::transfer, id}, {rig.model.now()}, {}};
    for (const auto& [key, value] : metadata) event.changes.push_back({key, std::nullopt, value});
    rig.log.append({Event{{rig.model.now()}, book, 0, std::move(event)}});
  };
  pay(1, {{"city", "Paris"}, {"note", ""}});
  pay(2, {{"city", "Rome"}});
  pay(3, {{"city", "Oslo"}, {"note", ""}});
  pay(4, {{"city", "Paris,Rome"}});
  TransferFilter filter;
  filter.metadata = {{"city", {"Paris", "Rome"}}};
  CHECK(rig.ids(filter) == Ids{1, 2});
  filter.metadata["note"] = {""};
  CHECK(rig.ids(filter) == Ids{1});
  filter.metadata.erase("city");
  CHECK(rig.ids(filter) == Ids{1, 3});
  filter.metadata = {{"city", {""}}};
  CHECK(rig.ids(filter).empty());
}

TEST_CASE("given metadata that is changed from what it never was, then the view halts") {
  TransfersRig rig;
  rig.pay(rig.made(1));
  MetadataSet event{{TargetKind::transfer, 1}, {rig.model.now()}, {{"city", "Oslo", "Paris"}}};
  rig.log.append({Event{{rig.model.now()}, book, 0, std::move(event)}});
  CHECK(rig.halted());
  CHECK(rig.reason().find("metadata is changed") != std::string::npos);
}
