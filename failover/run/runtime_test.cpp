// SPDX-License-Identifier: LGPL-2.1-or-later
// The runtime between a real engine and hardware that a test moves by hand.
#include "failover/run/runtime.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "failover/host/standalone.hpp"
#include "hal/wait.hpp"

namespace mwan::failover {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// What the drivers and the plumbing were asked to do, in order.
using Journal = std::vector<std::string>;

class HandDriver final : public LinkDriver {
 public:
  HandDriver(Loop& loop, std::string name, Journal& journal)
      : loop_(loop), name_(std::move(name)), journal_(journal) {}
  void start(Sink sink) override {
    if (sink_) return;
    journal_.push_back("start " + name_);
    sink_ = std::move(sink);
  }
  void set_level(LinkLevel level) override {
    if (std::exchange(level_, level) != level) {
      journal_.push_back((level == LinkLevel::Ready ? "ready " : "up ") + name_);
    }
  }
  Task<void> stop() override {
    journal_.push_back("stopping " + name_);
    const Cancel never;
    co_await pause(loop_, never, 20ms);
    journal_.push_back("stopped " + name_);
  }
  void say(const Fact& fact) const { sink_(fact); }

 private:
  Loop& loop_;
  std::string name_;
  Journal& journal_;
  Sink sink_;
  LinkLevel level_ = LinkLevel::Up;
};

class HandProber final : public Prober {
 public:
  explicit HandProber(Report report) : report_(std::move(report)) {}
  void set_interval(Duration interval) override { interval_ = interval; }
  void round() override {}
  [[nodiscard]] const std::string& last_failure() const override { return none_; }
  void answer(bool ok) const { report_(fact::Probe{.sent = 1, .answered = 1, .ok = ok}); }

 private:
  Report report_;
  Duration interval_{};
  std::string none_;
};

class JournalPlumbing final : public Plumbing {
 public:
  explicit JournalPlumbing(Journal& journal) : journal_(journal) {}
  Status begin() override { return {}; }
  Status note(const std::string&, bool) override { return {}; }
  Status release(const std::string&) override { return {}; }
  Status route_family(IpFamily, const PlumbingSlot*) override { return {}; }
  Status join_families() override { return {}; }
  Status apply(const PlumbingSlot& slot, const std::string& netdev, const IpConfig&) override {
    journal_.push_back("apply " + slot.name + " " + netdev);
    if (refuse == slot.name) return failed(FailureClass::Transient, "test", "no such device");
    return {};
  }
  Status withdraw(const PlumbingSlot& slot) override { return write("withdraw " + slot.name); }
  Status make_default(const PlumbingSlot& slot) override { return write("default " + slot.name); }
  Status flush_flows(const PlumbingSlot& slot) override { return write("flush " + slot.name); }
  Status reset_flows(const PlumbingSlot& left, const PlumbingSlot&) override {
    return write("reset " + left.name);
  }
  Status restore() override { return write("restore"); }

  std::string refuse;

 private:
  Status write(const std::string& what) {
    journal_.push_back(what);
    return {};
  }
  Journal& journal_;
};

Profile profile(const std::string& name, int priority) {
  Profile out;
  out.name = name;
  out.netdev = "net-" + name;
  out.priority = priority;
  return out;
}

IpConfig config(const char* address) {
  return IpConfig{.v4 = IpFamilyConfig{.address = *IpPrefix::parse(address)}};
}

class RuntimeTest : public ::testing::Test {
 protected:
  RuntimeTest() {
    configuration.profiles = {profile("one", 10), profile("two", 20)};
    workshop.driver = [this](const Profile& p) {
      auto made = std::make_unique<HandDriver>(loop, p.name, journal);
      drivers[p.name] = made.get();
      return made;
    };
    workshop.prober = [this](const Profile& p, const std::string&, const IpConfig&,
                             const Prober::Report& report) {
      auto made = std::make_unique<HandProber>(report);
      probers[p.name] = made.get();
      return made;
    };
    runtime = std::make_unique<Runtime>(loop, workshop, plumbing, host, log);
  }

  void bring_up(const std::string& name, const char* address) {
    drivers.at(name)->say(fact::Device{true, "net-" + name});
    drivers.at(name)->say(fact::Addressing{config(address)});
    for (int i = 0; i < 3; ++i) probers.at(name)->answer(true);
  }
  void both_up() {
    runtime->start(configuration, "");
    bring_up("one", "192.0.2.1/24");
    bring_up("two", "198.51.100.1/24");
  }
  void turn_until(const std::function<bool()>& done) {
    const Instant limit = Loop::now() + 10s;
    while (!done() && Loop::now() < limit) loop.iterate(true);
    EXPECT_TRUE(done());
  }

  Loop loop;
  Journal journal;
  std::map<std::string, HandDriver*> drivers;
  std::map<std::string, HandProber*> probers;
  Configuration configuration;
  Workshop workshop;
  JournalPlumbing plumbing{journal};
  StandaloneHost host{plumbing, nullptr, LeftFlows{}, [] { return std::int64_t{0}; }};
  DecisionLog log{DecisionLogOptions{}};
  std::unique_ptr<Runtime> runtime;
};

TEST_F(RuntimeTest, CarriesOutWhatTheEngineWantsInItsOrder) {
  both_up();
  journal.clear();
  drivers.at("one")->say(fact::Carrier{false});
  EXPECT_THAT(journal, ElementsAre("default two", "reset one", "flush one"));
}

TEST_F(RuntimeTest, AWarmLinkIsStartedAtItsLevelAndTakenUpWhenItIsNeeded) {
  configuration.profiles[1].standby = Standby::Warm;
  runtime->start(configuration, "");
  bring_up("one", "192.0.2.1/24");
  EXPECT_THAT(journal, ::testing::IsSupersetOf({"start one", "ready two", "start two"}));
  drivers.at("two")->say(fact::Device{true, "net-two"});
  drivers.at("two")->say(Registration{.state = RegistrationState::Home, .rat = Rat::Lte});
  journal.clear();
  drivers.at("one")->say(fact::Carrier{false});
  EXPECT_THAT(journal, ElementsAre("up two"));
  drivers.at("two")->say(fact::Addressing{config("198.51.100.1/24")});
  EXPECT_THAT(journal,
              ElementsAre("up two", "apply two net-two", "default two", "reset one", "flush one"));
}

TEST_F(RuntimeTest, AddressingThatTheKernelRefusesLeavesTheLinkDown) {
  plumbing.refuse = "one";
  runtime->start(configuration, "");
  drivers.at("one")->say(fact::Device{true, "net-one"});
  drivers.at("one")->say(fact::Addressing{config("192.0.2.1/24")});
  EXPECT_THAT(journal, ::testing::Not(Contains("default one")));
  EXPECT_FALSE(probers.contains("one"));
}

TEST_F(RuntimeTest, AReloadLeavesUnchangedLinksAlone) {
  both_up();
  journal.clear();
  configuration.settings.dwell = 7s;
  configuration.profiles[1].priority = 30;
  runtime->reload(configuration);
  EXPECT_THAT(journal, ElementsAre("apply one net-one", "apply two net-two"));
  journal.clear();
  for (int i = 0; i < 3; ++i) probers.at("two")->answer(true);
  drivers.at("one")->say(fact::Carrier{false});
  EXPECT_THAT(journal, ElementsAre("default two", "reset one", "flush one"));
}

TEST_F(RuntimeTest, AReloadStopsALinkThatIsGoneAndTakesTheOther) {
  both_up();
  journal.clear();
  configuration.profiles.erase(configuration.profiles.begin());
  runtime->reload(configuration);
  EXPECT_THAT(journal, Contains("withdraw one"));
  EXPECT_THAT(journal, Contains("default two"));
  turn_until([this] { return journal.back() == "stopped one"; });
}

TEST_F(RuntimeTest, AChangedProfileWaitsForTheLastDriverOfItsHardware) {
  both_up();
  journal.clear();
  configuration.profiles[0].ethernet.mtu = 1400;
  runtime->reload(configuration);
  EXPECT_THAT(journal, ::testing::Not(Contains("start one")));
  turn_until([this] { return journal.back() == "start one"; });
  EXPECT_THAT(journal, Contains("stopped one"));
}

TEST_F(RuntimeTest, CommandsAreAnsweredWhenTheyAreDone) {
  std::vector<NamedManual> kept;
  runtime->set_manual({}, [&kept](const NamedManual& now) { kept.push_back(now); });
  EXPECT_FALSE(runtime->command(CommandKind::Failback, "").accepted) << "nothing runs yet";
  both_up();
  journal.clear();
  EXPECT_EQ(runtime->command(CommandKind::Failover, "two"),
            (CommandAnswer{true, "two takes over, until failback"}));
  EXPECT_THAT(journal, ElementsAre("default two", "reset one", "flush one"));
  EXPECT_EQ(runtime->command(CommandKind::Failover, "three"),
            (CommandAnswer{false, "no link is named three; there are: one, two"}));
  EXPECT_THAT(kept, ElementsAre(NamedManual{false, "two", {}}));
  const RuntimeStatus status = runtime->status();
  EXPECT_EQ(status.active, "two");
  EXPECT_EQ(status.preferred, "one");
  EXPECT_EQ(status.held, "two");
  EXPECT_EQ(status.links.at(0).verdict, LinkVerdict::Good);
  EXPECT_EQ(status.links.at(0).addresses, std::vector{*IpPrefix::parse("192.0.2.1/24")});
}

TEST_F(RuntimeTest, WhatWasDecidedFollowsTheLinksThroughAReload) {
  NamedManual kept;
  runtime->set_manual({}, [&kept](const NamedManual& now) { kept = now; });
  both_up();
  EXPECT_TRUE(runtime->command(CommandKind::MaintenanceOn, "two").accepted);
  configuration.profiles[0].priority = 30;
  std::swap(configuration.profiles[0], configuration.profiles[1]);  // by priority
  runtime->reload(configuration);
  const RuntimeStatus status = runtime->status();
  EXPECT_EQ(status.links.at(0).name, "two");
  EXPECT_TRUE(status.links.at(0).maintenance);
  EXPECT_FALSE(status.links.at(1).maintenance);
  EXPECT_EQ(kept, (NamedManual{false, "", {"two"}}));
}

TEST_F(RuntimeTest, StopWaitsForAllDrivers) {
  both_up();
  Job job;
  job.start(runtime->stop());
  turn_until([&job] { return !job.running(); });
  EXPECT_THAT(journal, Contains("stopped one"));
  EXPECT_THAT(journal, Contains("stopped two"));
}

}  // namespace
}  // namespace mwan::failover
