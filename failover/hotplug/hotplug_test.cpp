// SPDX-License-Identifier: LGPL-2.1-or-later
// Discovery, driver and kernel moved by hand: what a link that waits for its device does.
#include "failover/hotplug/hotplug.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "failover/hotplug/hotplug_link.hpp"
#include "hal/discovery/sample_devices.hpp"

namespace mwan::failover {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class HandDiscovery final : public Discovery {
 public:
  explicit HandDiscovery(Loop& loop) : loop_(loop) {}
  Watch watch_ports(std::function<void(const PortEvent&)> call) override {
    call_ = std::move(call);
    begin_ = loop_.soon([this] {
      for (const Port& port : there_at_first) call_({PortEvent::What::Added, port});
    });
    return std::make_shared<int>(0);
  }
  void add(const std::vector<Port>& ports) {
    for (const Port& port : ports) call_({PortEvent::What::Added, port});
  }
  void change(const Port& port) { call_({PortEvent::What::Changed, port}); }
  void remove(const std::vector<Port>& ports) {
    for (const Port& port : ports) call_({PortEvent::What::Removed, port});
  }
  std::vector<Port> there_at_first;

 private:
  Loop& loop_;
  std::function<void(const PortEvent&)> call_;
  SourceHandle begin_;
};

// Knows every network device, but for those that it is told of later.
class HandMonitor final : public LinkMonitor {
 public:
  explicit HandMonitor(Loop& loop) : loop_(loop) {}
  Watch watch_link(const std::string& netdev, std::function<void(const LinkState&)> call) override {
    auto watch = std::make_shared<std::pair<std::string, std::function<void(const LinkState&)>>>(
        netdev, std::move(call));
    watches_.push_back(watch);
    loop_.post([weak = std::weak_ptr(watch), there = !not_yet.contains(netdev)] {
      if (const auto alive = weak.lock()) alive->second({.present = there});
    });
    return watch;
  }
  std::set<std::string> not_yet;
  Watch watch_neighbour(const std::string&, const IpAddress&,
                        std::function<void(fact::Nud)>) override {
    return nullptr;
  }
  Status set_admin(const std::string&, bool) override { return {}; }
  Status confirm_neighbour(const std::string&, const IpAddress&) override { return {}; }
  Result<NetdevCounters> counters(const std::string&) override { return NetdevCounters{}; }
  std::optional<fact::Speed> speed(const std::string&) override { return std::nullopt; }
  void say(const std::string& netdev, bool present) { say(netdev, LinkState{.present = present}); }
  void say(const std::string& netdev, const LinkState& state) {
    for (const auto& weak : std::vector(watches_)) {
      const auto watch = weak.lock();
      if (watch && watch->first == netdev) watch->second(state);
    }
  }
  [[nodiscard]] long watched() const {
    return std::ranges::count_if(watches_, [](const auto& w) { return !w.expired(); });
  }

 private:
  Loop& loop_;
  std::vector<std::weak_ptr<std::pair<std::string, std::function<void(const LinkState&)>>>>
      watches_;
};

using Journal = std::vector<std::string>;

class HandDriver final : public LinkDriver {
 public:
  HandDriver(Loop& loop, std::string name, Journal& journal, Duration to_stop)
      : loop_(loop), name_(std::move(name)), journal_(journal), to_stop_(to_stop) {}
  ~HandDriver() override { journal_.push_back("gone " + name_); }
  void start(Sink sink) override {
    journal_.push_back("start " + name_);
    sink_ = std::move(sink);
  }
  Task<void> stop() override {
    journal_.push_back("stop " + name_);
    const Cancel never;
    if (to_stop_ > Duration(0)) co_await pause(loop_, never, to_stop_);
  }
  void set_level(LinkLevel level) override {
    if (level != LinkLevel::Up) journal_.push_back("wait " + name_);
  }
  void say(const Fact& fact) const { sink_(fact); }

 private:
  Loop& loop_;
  std::string name_;
  Journal& journal_;
  Duration to_stop_;
  Sink sink_;
};

class HotplugTest : public testing::Test {
 protected:
  void claim(const std::string& match) {
    hotplug_.set_claims({{.profile = "lte",
                          .kind = LinkKind::Modem,
                          .priority = 1,
                          .match = parse_match(match).value()}});
  }
  std::unique_ptr<HotplugLink> make_link(HotplugLinkConfig config) {
    return std::make_unique<HotplugLink>(
        loop_, monitor_, hotplug_, std::move(config), [this](const HardwareDevice* device) {
          auto made = std::make_unique<HandDriver>(
              loop_, device == nullptr ? "by name" : device->net->sysname, journal_, to_stop_);
          driver_ = made.get();
          return made;
        });
  }
  void start(bool drop_when_gone = false) {
    link_ = make_link({"lte", "MATCH=any", "", drop_when_gone});
    link_->start([this](const Fact& fact) { take(fact); });
  }
  void take(const Fact& fact) {
    if (const auto* device = std::get_if<fact::Device>(&fact)) {
      journal_.push_back(device->present ? "device " + device->netdev : "no device");
    } else if (const auto* trouble = std::get_if<fact::Trouble>(&fact)) {
      journal_.push_back("trouble");
      troubles_.push_back(trouble->error.text());
    } else if (std::holds_alternative<fact::Addressing>(fact)) {
      journal_.push_back("addressing");
    } else if (std::holds_alternative<fact::AddressingLost>(fact)) {
      journal_.push_back("addressing lost");
    }
  }
  void turn() {
    for (int i = 0; i < 20; ++i) loop_.iterate(false);
  }
  void turn_for(Duration time) {
    bool over = false;
    const auto timer = loop_.after(time, [&] { over = true; });
    while (!over) loop_.iterate(true);
  }
  Journal since_last() { return std::exchange(journal_, {}); }

  const std::vector<Port> first_ = sample::modem_ports({.place = "1-2", .serial = "S1"}, 0);
  const std::vector<Port> twin_ = sample::modem_ports({.place = "1-3", .serial = "S2"}, 1);

  Loop loop_;
  HandDiscovery discovery_{loop_};
  HandMonitor monitor_{loop_};
  Hotplug hotplug_{loop_, discovery_};
  Journal journal_;
  std::vector<std::string> troubles_;
  Duration to_stop_{};
  HandDriver* driver_ = nullptr;
  std::unique_ptr<HotplugLink> link_;
};

TEST_F(HotplugTest, WaitsWithOneWordAndStartsWhenTheDeviceIsThere) {
  claim("any");
  start();
  EXPECT_THAT(since_last(), IsEmpty()) << "never from inside start()";
  turn();
  EXPECT_THAT(since_last(), ElementsAre("no device", "trouble"));
  EXPECT_THAT(troubles_[0], HasSubstr("lte: waiting for its device to be plugged in (MATCH=any)"));
  turn();
  EXPECT_THAT(since_last(), IsEmpty());
  discovery_.add(first_);
  turn();
  EXPECT_THAT(since_last(), ElementsAre("start wwan0"));
}

TEST_F(HotplugTest, WhatIsThereAtFirstIsTakenWithoutAWord) {
  discovery_.there_at_first = first_;
  claim("any");
  start();
  turn();
  EXPECT_THAT(since_last(), ElementsAre("start wwan0"));
}

TEST_F(HotplugTest, StartsWhenTheLastNeededPortIsThere) {
  claim("any");
  start();
  turn();
  since_last();
  discovery_.add({first_[1]});
  turn();
  discovery_.add({sample::usb_port({.place = "1-2", .serial = "S1"}, "tty", "ttyUSB0", "option1")});
  turn();
  EXPECT_THAT(since_last(), IsEmpty());
  discovery_.add({first_[0]});
  turn();
  EXPECT_THAT(since_last(), ElementsAre("start wwan0"));
}

TEST_F(HotplugTest, StartsWhenTheKernelsLinksKnowOfItToo) {
  monitor_.not_yet = {"wwan0"};
  discovery_.there_at_first = first_;
  claim("any");
  start();
  turn();
  EXPECT_THAT(since_last(), IsEmpty());
  monitor_.say("wwan0", true);
  EXPECT_THAT(since_last(), ElementsAre("start wwan0"));
  monitor_.say("wwan0", true);
  EXPECT_THAT(since_last(), IsEmpty());
}

TEST_F(HotplugTest, EveryDriverIsToldHowFarToGo) {
  claim("any");
  start();
  link_->set_level(LinkLevel::Ready);
  turn();
  since_last();
  discovery_.add(first_);
  turn();
  EXPECT_THAT(since_last(), ElementsAre("wait wwan0", "start wwan0"));
  link_->set_level(LinkLevel::Ready);
  EXPECT_THAT(since_last(), ElementsAre("wait wwan0"));
}

TEST_F(HotplugTest, LatePortsAndRepeatedEventsChangeNothing) {
  discovery_.there_at_first = first_;
  claim("any");
  start();
  turn();
  since_last();
  discovery_.add({sample::usb_port({.place = "1-2", .serial = "S1"}, "tty", "ttyUSB0", "option1")});
  discovery_.add(twin_);
  for (int i = 0; i < 500; ++i) {
    Port port = first_[1];
    port.mac = std::to_string(i);
    discovery_.change(port);
  }
  turn();
  EXPECT_THAT(since_last(), IsEmpty());
}

TEST_F(HotplugTest, ARemovalIsToldInItsOwnCallBeforeTheDriverIsStopped) {
  discovery_.there_at_first = first_;
  claim("any");
  start();
  turn();
  since_last();
  discovery_.remove({first_[1]});
  EXPECT_THAT(since_last(), ElementsAre("no device", "stop wwan0", "gone wwan0", "trouble"));
  discovery_.remove({first_[0]});
  turn();
  EXPECT_THAT(since_last(), IsEmpty());
}

TEST_F(HotplugTest, TheKernelsReportIsEnough) {
  discovery_.there_at_first = first_;
  claim("any");
  start();
  turn();
  since_last();
  monitor_.say("wwan0", false);
  EXPECT_THAT(since_last(), ElementsAre("no device", "stop wwan0", "gone wwan0", "trouble"));
  discovery_.remove(first_);
  turn();
  EXPECT_THAT(since_last(), IsEmpty()) << "known already";
  discovery_.add(first_);
  turn();
  EXPECT_THAT(since_last(), ElementsAre("start wwan0"));
}

TEST_F(HotplugTest, ANetworkDeviceInUseThatIsSetDownIsAddressingLost) {
  discovery_.there_at_first = first_;
  claim("any");
  start(true);
  turn();
  const LinkState up{.present = true, .admin_up = true, .carrier = true};
  const LinkState down{.present = true};
  since_last();
  driver_->say(fact::Addressing{});
  monitor_.say("wwan0", up);
  EXPECT_THAT(since_last(), ElementsAre("addressing"));
  monitor_.say("wwan0", down);
  turn();
  EXPECT_THAT(since_last(), ElementsAre("addressing lost"));
  monitor_.say("wwan0", up);
  turn();
  EXPECT_THAT(since_last(), ElementsAre("addressing")) << "as before";
  monitor_.say("wwan0", down);
  monitor_.say("wwan0", up);
  turn();
  EXPECT_THAT(since_last(), IsEmpty()) << "for new addresses";
  driver_->say(fact::AddressingLost{"test"});
  monitor_.say("wwan0", down);
  turn();
  EXPECT_THAT(since_last(), ElementsAre("addressing lost")) << "by whoever withdrew them";
  monitor_.say("wwan0", up);
  turn();
  EXPECT_THAT(since_last(), IsEmpty());
  driver_->say(fact::Addressing{});
  monitor_.say("wwan0", down);
  monitor_.say("wwan0", false);
  turn();
  EXPECT_THAT(since_last(), ElementsAre("addressing", "no device", "trouble", "gone wwan0"));
}

TEST_F(HotplugTest, BackBeforeDiscoverySawItGo) {
  discovery_.there_at_first = first_;
  claim("any");
  start();
  turn();
  monitor_.say("wwan0", false);
  since_last();
  monitor_.say("wwan0", true);
  EXPECT_THAT(since_last(), ElementsAre("start wwan0"));
}

TEST_F(HotplugTest, TheNextDriverWaitsForTheLastOne) {
  to_stop_ = 30ms;
  discovery_.there_at_first = first_;
  claim("any");
  start();
  turn();
  since_last();
  discovery_.remove(first_);
  discovery_.add(first_);
  turn();
  EXPECT_THAT(since_last(), ElementsAre("no device", "stop wwan0", "trouble"));
  turn_for(60ms);
  turn();  // on a busy machine both times were over in one turn
  EXPECT_THAT(since_last(), ElementsAre("gone wwan0", "start wwan0"));
}

TEST_F(HotplugTest, ADriverThatIsDroppedIsNotAskedToStop) {
  to_stop_ = 10s;
  discovery_.there_at_first = first_;
  claim("any");
  start(true);
  turn();
  since_last();
  discovery_.remove(first_);
  EXPECT_THAT(since_last(), ElementsAre("no device", "trouble"));
  turn();
  EXPECT_THAT(since_last(), ElementsAre("gone wwan0"));
  discovery_.add(first_);
  turn();
  EXPECT_THAT(since_last(), ElementsAre("start wwan0"));
}

TEST_F(HotplugTest, AnotherDeviceTakesThePlaceOfOneThatLeft) {
  discovery_.there_at_first = first_;
  claim("any");
  start();
  turn();
  discovery_.add(twin_);
  turn();
  since_last();
  discovery_.remove(first_);
  turn();
  EXPECT_THAT(since_last(),
              ElementsAre("no device", "stop wwan0", "gone wwan0", "trouble", "start wwan1"));
}

TEST_F(HotplugTest, FoundAgainUnderAnotherNameAndInAnotherPlace) {
  discovery_.there_at_first = first_;
  claim("serial:S1");
  start();
  turn();
  since_last();
  discovery_.remove(first_);
  discovery_.add(sample::modem_ports({.place = "1-7", .serial = "S1"}, 5));
  turn();
  EXPECT_THAT(since_last(),
              ElementsAre("no device", "stop wwan0", "gone wwan0", "trouble", "start wwan5"));
}

TEST_F(HotplugTest, WhoeverIsToldMayStopTheLink) {
  discovery_.there_at_first = first_;
  claim("any");
  Job job;
  link_ = make_link({"lte", "MATCH=any", "", false});
  link_->start([&](const Fact& fact) {
    const auto* device = std::get_if<fact::Device>(&fact);
    if (device != nullptr && !device->present) job.start(link_->stop());
  });
  turn();
  since_last();
  discovery_.remove(first_);
  turn();
  EXPECT_FALSE(job.running());
  EXPECT_THAT(since_last(), ElementsAre("stop wwan0", "gone wwan0"));
  EXPECT_EQ(monitor_.watched(), 0);
}

TEST_F(HotplugTest, StoppingWaitsForADriverThatIsStillLeaving) {
  to_stop_ = 30ms;
  discovery_.there_at_first = first_;
  claim("any");
  start();
  turn();
  discovery_.remove(first_);
  Job job;
  job.start(link_->stop());
  EXPECT_TRUE(job.running());
  turn_for(80ms);
  EXPECT_FALSE(job.running());
  EXPECT_EQ(journal_.back(), "gone wwan0");
}

TEST_F(HotplugTest, AnEarlierDriverHasNothingToSay) {
  to_stop_ = 30ms;
  discovery_.there_at_first = first_;
  claim("any");
  start();
  turn();
  discovery_.remove(first_);
  since_last();
  driver_->say(fact::Device{true, "wwan0"});
  EXPECT_THAT(since_last(), IsEmpty());
}

TEST_F(HotplugTest, ANameThatIsThereIsTriedWhatDiscoverySaysOfItDecides) {
  hotplug_.set_claims(
      {{.profile = "lte", .kind = LinkKind::Modem, .priority = 1, .control = "/dev/cdc-wdm0"}});
  link_ = make_link({"lte", "DEVICE=/dev/null", "/dev/null", false});
  link_->start([this](const Fact& fact) { take(fact); });
  turn();
  EXPECT_THAT(since_last(), ElementsAre("start by name"));
  discovery_.add(first_);
  turn();
  EXPECT_THAT(since_last(), IsEmpty()) << "it goes on";
  discovery_.remove(first_);
  EXPECT_THAT(since_last(), ElementsAre("no device", "stop by name", "gone by name", "trouble"));
}

TEST_F(HotplugTest, EmergencyDownloadAtItsPlaceIsSaidForTheLink) {
  discovery_.there_at_first = first_;
  claim("any");
  start();
  turn();
  discovery_.remove(first_);
  troubles_.clear();
  Port loader = sample::usb_port({.place = "1-2"}, "tty", "ttyUSB0", "qcserial");
  loader.vendor_id = "05c6";
  loader.product_id = "9008";
  discovery_.add({loader});
  turn();
  ASSERT_EQ(troubles_.size(), 1U);
  EXPECT_THAT(troubles_[0], HasSubstr("lte: the device at USB 1-2 is in emergency download mode"));
}

TEST_F(HotplugTest, ThousandsOfEventsOfOtherDevicesAreSurvived) {
  claim("any");
  start();
  turn();
  since_last();
  for (int i = 0; i < 2000; ++i) {
    const Port cable = sample::veth("veth" + std::to_string(i % 50), "02:00:00:00:00:01");
    discovery_.add({cable});
    if (i % 3 == 0) turn();
    discovery_.remove({cable});
  }
  discovery_.add(first_);
  turn();
  EXPECT_THAT(since_last(), ElementsAre("start wwan0"));
  EXPECT_EQ(hotplug_.devices().size(), 1U);
}

}  // namespace
}  // namespace mwan::failover
