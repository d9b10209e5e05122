#include "projections/view_host.hpp"

#include "tests/projections/host_rig.hpp"

using namespace florin;
using namespace florin::projections;
using namespace florin::test;

namespace fs = std::filesystem;

namespace {

// The same rows under another schema number, as a later program would write them.
class NextSchemaView final : public View {
 public:
  std::string_view name() const override { return view_.name(); }
  std::uint32_t schema() const override { return view_.schema() + 1; }
  Result<void> apply(const Event& event, const StoreReader& store) override {
    return view_.apply(event, store);
  }
  Result<void> write(StoreBatch& batch, const StoreReader& store) override {
    return view_.write(batch, store);
  }

 private:
  BalancesView view_;
};

}  // namespace

TEST_CASE("given a new folder, when it is opened, then there is one generation, and CURRENT names it") {
  HostRig rig;
  REQUIRE(rig.open());
  CHECK(rig.marker() == "1");
  CHECK(fs::exists(rig.view_folder() / "1"));
  CHECK(rig.host->read()->at() == Sequence{0});
}

TEST_CASE(
    "given what a crash leaves at any step of a rebuild, then one whole generation answers and the rest is "
    "gone") {
  HostRig rig;
  rig.publish(5);
  rig.start();
  rig.catch_up();
  rig.host.reset();
  std::string answering = "1", leftover = "2";
  fs::create_directory(rig.view_folder() / "2");
  std::ofstream(rig.view_folder() / "2" / "000012.sst") << "rows";
  SUBCASE("while the new one was filled") {}
  SUBCASE("before CURRENT was replaced") { std::ofstream(rig.view_folder() / "CURRENT.new") << "2\n"; }
  SUBCASE("before the old one was removed") {
    std::ofstream(rig.view_folder() / "CURRENT") << "2\n";
    std::swap(answering, leftover);
  }
  rig.start();
  CHECK(rig.marker() == answering);
  CHECK(!fs::exists(rig.view_folder() / leftover));
  CHECK(!fs::exists(rig.view_folder() / "CURRENT.new"));
  rig.catch_up();
  rig.check_accounts();
}

TEST_CASE("given a marker that cannot be understood, then the rows are built again") {
  HostRig rig;
  rig.publish(5);
  rig.start();
  rig.catch_up();
  rig.host.reset();
  for (const char* text : {"", "0\n", "two\n", "1x\n"}) {
    std::ofstream(rig.view_folder() / "CURRENT") << text;
    rig.start();
    rig.catch_up();
    rig.check_accounts();
  }
}

TEST_CASE(
    "given rows of another schema, when they are opened, then they are dropped and built again, and this is "
    "told") {
  HostRig rig;
  rig.publish(5);
  rig.start();
  rig.catch_up();
  rig.host.reset();
  auto opened = ViewHost::open([] { return std::make_unique<NextSchemaView>(); }, rig.view_folder(), rig.log,
                               rig.shelf.factory());
  REQUIRE(opened);
  rig.host = *std::move(opened);
  const std::uint32_t ours = BalancesView().schema();
  const std::string told =
      "schema " + std::to_string(ours) + ", this program writes schema " + std::to_string(ours + 1);
  CHECK(rig.host->status().note.find(told) != std::string::npos);
  CHECK(rig.host->waiters().position() == Sequence{0});
  CHECK(rig.marker() == "2");
  CHECK(!fs::exists(rig.view_folder() / "1"));
  rig.host->start(soon());
  rig.catch_up();
  rig.check_accounts();
}

TEST_CASE(
    "given a store that does not open, then a corrupt one is built again and any other reason is told") {
  HostRig rig;
  rig.publish(5);
  rig.start();
  rig.catch_up();
  rig.host.reset();
  SUBCASE("corrupt") {
    rig.shelf.set(StoreShelf::Fault::open_corrupt);
    rig.start();
    CHECK(rig.host->status().note.find("fails its checksum") != std::string::npos);
    rig.catch_up();
    rig.check_accounts();
  }
  SUBCASE("another key") {
    rig.shelf.set(StoreShelf::Fault::open_refused);
    const auto refused = rig.open();
    REQUIRE(!refused);
    CHECK(refused.error().code == Errc::key_refused);
    CHECK(rig.marker() == "1");
    CHECK(fs::exists(rig.view_folder() / "1"));
  }
}

TEST_CASE("given a folder that cannot be made, then the error names it") {
  HostRig rig;
  std::ofstream(rig.view_folder()) << "a file in the way";
  const auto refused = rig.open();
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::io);
  CHECK(refused.error().message.find(rig.view_folder().string()) != std::string::npos);
}
