// SPDX-License-Identifier: LGPL-2.1-or-later
// What moving the traffic does on a plain Linux router: route, flows, state files, in this order.
#include "failover/host/standalone.hpp"

#include <cstdlib>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace mwan::failover {
namespace {

using ::testing::ElementsAre;

const PlumbingSlot lte_slot{0, "lte"};
const PlumbingSlot wire_slot{1, "wire"};

class FlowPlumbing final : public Plumbing {
 public:
  Status begin() override { return note_down("begin"); }
  Status note(const std::string&, bool) override { return {}; }
  Status release(const std::string&) override { return {}; }
  Status route_family(IpFamily, const PlumbingSlot*) override { return {}; }
  Status join_families() override { return {}; }
  Status apply(const PlumbingSlot&, const std::string&, const IpConfig&) override { return {}; }
  Status withdraw(const PlumbingSlot&) override { return {}; }
  Status make_default(const PlumbingSlot& slot) override {
    note_down("default " + slot.name);
    if (!refuses) return {};
    return failed(FailureClass::Transient, slot.name, "no such device");
  }
  Status flush_flows(const PlumbingSlot& slot) override { return note_down("flush " + slot.name); }
  Status reset_flows(const PlumbingSlot& left, const PlumbingSlot& now) override {
    return note_down("reset " + left.name + " for " + now.name);
  }
  Status restore() override { return {}; }

  std::vector<std::string> done;
  bool refuses = false;

 private:
  Status note_down(const std::string& what) {
    done.push_back(what);
    return {};
  }
};

class Standalone : public ::testing::Test {
 public:
  Standalone() {
    std::string name = ::testing::TempDir() + "mwan-host-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~Standalone() override {
    writer_.reset();
    std::filesystem::remove_all(path_);
  }

 protected:
  [[nodiscard]] StateStore store() const {
    auto opened = StateStore::open(path_);
    EXPECT_TRUE(opened) << opened.error().text();
    return std::move(*opened);
  }
  // This run's.
  StateWriter* state() {
    if (!writer_)
      writer_.emplace(own_.emplace(store()), [](const Error& e) { FAIL() << e.text(); });
    return &*writer_;
  }
  // As another run would read it.
  [[nodiscard]] std::optional<std::string> kept(std::string_view file) {
    if (writer_) writer_->settle();
    return store().get(file).value();
  }
  // A switch from one link to another, or back to the primary.
  void move(StandaloneHost& host, const PlumbingSlot& from, const PlumbingSlot& to, bool back) {
    const std::vector<Step> failover = {Step::StopServices, Step::ActivateLink, Step::UpdateState,
                                        Step::StartInterferencePrevention};
    const std::vector<Step> failback = {Step::StopInterferencePrevention, Step::ActivateLink,
                                        Step::StartServices};
    for (const Step step : back ? failback : failover) {
      HostStep wanted{.step = step};
      wanted.from = from;
      wanted.to = to;
      wanted.to_primary = back;
      host.run(wanted, [this](const std::optional<Error>& error) { failed_ = error.has_value(); });
    }
  }

  std::filesystem::path path_;
  std::optional<StateStore> own_;
  std::optional<StateWriter> writer_;
  FlowPlumbing plumbing_;
  std::int64_t clock_ = 1'700'000'000;
  bool failed_ = false;
};

TEST_F(Standalone, TheStateFilesOutliveARunThatIsKilled) {
  StandaloneHost host(plumbing_, state(), {.flush = true, .reset = false},
                      [this] { return clock_; });
  move(host, lte_slot, wire_slot, false);
  EXPECT_EQ(kept(state_file::current_profile), "wire\n");
  EXPECT_EQ(kept(state_file::failover_time), "1700000000\n");
  move(host, wire_slot, lte_slot, true);
  EXPECT_EQ(kept(state_file::current_profile), std::nullopt);
  EXPECT_EQ(kept(state_file::failover_time), std::nullopt);
}

// The time of a failover is told to people; nothing is reckoned with it.
TEST_F(Standalone, AWallClockThatIsSetBackIsNoTrouble) {
  StandaloneHost host(plumbing_, state(), {.flush = true, .reset = false},
                      [this] { return clock_; });
  for (const std::int64_t time : {std::int64_t{1'700'000'000}, std::int64_t{5},
                                  std::int64_t{-86400}, std::numeric_limits<std::int64_t>::min()}) {
    clock_ = time;
    plumbing_.done.clear();
    move(host, lte_slot, wire_slot, false);
    EXPECT_FALSE(failed_);
    EXPECT_THAT(plumbing_.done, ElementsAre("default wire", "flush lte"));
    EXPECT_EQ(kept(state_file::failover_time), std::to_string(time) + "\n");
    EXPECT_EQ(kept(state_file::current_profile), "wire\n");
  }
}

TEST_F(Standalone, EstablishedFlowsMoveOnlyWhenTheSettingSaysSo) {
  StandaloneHost host(plumbing_, nullptr, {.flush = false, .reset = false},
                      [this] { return clock_; });
  move(host, lte_slot, wire_slot, false);
  move(host, wire_slot, lte_slot, true);
  EXPECT_THAT(plumbing_.done, ElementsAre("default wire", "default lte"));
  host.set_left_flows({.flush = true, .reset = false});
  plumbing_.done.clear();
  move(host, lte_slot, wire_slot, false);
  move(host, wire_slot, lte_slot, true);
  EXPECT_THAT(plumbing_.done,
              ElementsAre("default wire", "flush lte", "default lte", "flush wire"));
  // Reset while it is known which they were.
  host.set_left_flows({.flush = true, .reset = true});
  plumbing_.done.clear();
  move(host, lte_slot, wire_slot, false);
  EXPECT_THAT(plumbing_.done, ElementsAre("default wire", "reset lte for wire", "flush lte"));
}

TEST_F(Standalone, ServicesAreToldOfEveryMove) {
  StandaloneHost host(plumbing_, nullptr, {.flush = true, .reset = false},
                      [this] { return clock_; });
  host.set_services([this] { plumbing_.done.push_back("services"); });
  move(host, lte_slot, wire_slot, false);
  move(host, wire_slot, wire_slot, false);
  EXPECT_THAT(plumbing_.done, ElementsAre("default wire", "flush lte", "services", "default wire"));
}

// Putting back what is in use already leaves its flows alone.
TEST_F(Standalone, ALinkThatIsNotLeftKeepsItsFlows) {
  StandaloneHost host(plumbing_, nullptr, {.flush = true, .reset = false},
                      [this] { return clock_; });
  move(host, lte_slot, lte_slot, true);
  EXPECT_THAT(plumbing_.done, ElementsAre("default lte"));
}

TEST_F(Standalone, ARouteThatCannotBeMovedIsSaid) {
  StandaloneHost host(plumbing_, state(), {.flush = true, .reset = false},
                      [this] { return clock_; });
  plumbing_.refuses = true;
  HostStep step{.step = Step::ActivateLink};
  step.to = wire_slot;
  std::optional<Error> said;
  host.run(step, [&said](std::optional<Error> error) { said = std::move(error); });
  ASSERT_TRUE(said);
  EXPECT_EQ(kept(state_file::current_profile), std::nullopt);
}

}  // namespace
}  // namespace mwan::failover
