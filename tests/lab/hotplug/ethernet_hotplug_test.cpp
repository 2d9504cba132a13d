// SPDX-License-Identifier: LGPL-2.1-or-later
// The real daemon in a namespace where network cards appear, are renamed and vanish. Virtual cables
// stand for the cards: discovery hears of both from the kernel in the same way.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "netlink/monitor.hpp"
#include "tests/lab/clock.hpp"
#include "tests/lab/net/in_netns.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::lab {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

struct Card {
  std::string name;
  std::string mac;
  std::string network;  // "192.0.2": .1 is the provider, .2 is ours
};

const Card kFirst = {"wana", "02:00:00:00:0a:01", "192.0.2"};
const Card kSecond = {"wanb", "02:00:00:00:0b:01", "198.51.100"};
constexpr const char* kTarget = "203.0.113.1";

class EthernetHotplug : public InNetNs {
 protected:
  void SetUp() override {
    InNetNs::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    auto folder = WorkFolder::temporary();
    REQUIRE_OK(folder);
    folder_ = std::make_unique<WorkFolder>(std::move(*folder));
    fs::create_directories(config() / "profiles");
    write("settings", fmt::format("PROBE_TARGETS={}\nSTARTUP_GRACE_S=1\nDWELL_S=0\n", kTarget));
    far(fmt::format("addr add {}/32 dev lo", kTarget));
  }
  [[nodiscard]] fs::path config() const { return folder_->path() / "config"; }
  [[nodiscard]] fs::path state() const { return folder_->path() / "state"; }
  [[nodiscard]] std::string log() const { return read_file(folder_->path() / "daemon.log"); }
  void write(const std::string& name, const std::string& text) const {
    REQUIRE_OK(write_file(config() / name, text));
  }
  void profile(const Card& card, const std::string& name, int priority) const {
    write("profiles/" + name,
          fmt::format("KIND=ethernet\nPRIORITY={}\nMATCH=mac:{}\nADDRESS={}.2/24\nGATEWAY={}.1\n",
                      priority, card.mac, card.network, card.network));
  }
  // With a /sys of the namespace's own, as on a router of its own.
  void start() {
    const auto out = folder_->path() / "daemon.log";
    auto started = Process::start(
        {{"unshare", "--mount", "sh", "-c", "mount -t sysfs sysfs /sys && exec \"$0\" \"$@\"",
          MWAN_DAEMON, "--config-dir", config(), "--state-dir", state()},
         &*here_,
         out,
         out});
    REQUIRE_OK(started);
    daemon_ = std::move(*started);
    wait_for("started");
  }
  void wait_for(const std::string& words) {
    EXPECT_TRUE(wait_until(20s, [&] { return log().find(words) != std::string::npos; }))
        << "never said: " << words << "\n"
        << log();
  }
  void batch(const NetNs& where, const std::vector<std::string>& lines) const {
    const auto file = folder_->path() / "batch";
    REQUIRE_OK(write_file(file, fmt::format("{}\n", fmt::join(lines, "\n"))));
    REQUIRE_OK(run(&where, {"ip", "-batch", file.string()}));
  }
  void plug_in(const Card& card) const {
    batch(*here_, {fmt::format("link add {} address {} type veth peer name far-{}", card.name,
                               card.mac, card.name),
                   fmt::format("link set far-{} netns {}", card.name, far_->path())});
    batch(*far_, {fmt::format("addr add {}.1/24 dev far-{}", card.network, card.name),
                  fmt::format("link set far-{} up", card.name)});
  }
  void unplug(const std::string& name) const { here("link del " + name); }
  [[nodiscard]] std::string kernel() const {
    return says({"ip", "rule"}) + says({"ip", "route", "show", "table", "all"}) +
           says({"ip", "addr"});
  }
  [[nodiscard]] std::string default_route() const {
    return says({"ip", "route", "show", "default"});
  }
  [[nodiscard]] bool soon(const std::function<bool()>& condition) const {
    return wait_until(20s, condition);
  }
  [[nodiscard]] bool is_good(const std::string& link) const {
    const std::string text = log();
    const auto last = text.rfind(link + " is ");
    return last != std::string::npos && text.compare(last, link.size() + 8, link + " is good") == 0;
  }
  void stop() {
    daemon_.signal(SIGTERM);
    const auto status = daemon_.wait(20s);
    EXPECT_EQ(status ? Process::words(*status) : "did not end", "exit code 0") << log();
  }
  [[nodiscard]] std::size_t descriptors() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry :
         fs::directory_iterator(fmt::format("/proc/{}/fd", daemon_.pid()))) {
      ++count;
    }
    return count;
  }
  // Of the heap and what else is the daemon's own, in KiB.
  [[nodiscard]] long memory() const {
    std::ifstream file(fmt::format("/proc/{}/status", daemon_.pid()));
    for (std::string word; file >> word;) {
      long kib = 0;
      if (word == "RssAnon:" && file >> kib) return kib;
    }
    return -1;
  }

  std::unique_ptr<WorkFolder> folder_;
  Process daemon_;
};

TEST_F(EthernetHotplug, FoundByItsAddressWhateverItIsCalled) {
  profile(kFirst, "first", 1);
  start();
  wait_for("first: waiting for its device to be plugged in (MATCH=mac:02:00:00:00:0a:01)");
  const std::string before = kernel();
  plug_in(kFirst);
  EXPECT_TRUE(soon([&] { return is_good("first"); })) << log();
  EXPECT_THAT(default_route(), HasSubstr("via 192.0.2.1 dev wana"));

  here("link set wana down");
  here("link set wana name other");
  here("link set other up");
  EXPECT_TRUE(soon([&] { return default_route().find("dev other") != std::string::npos; }))
      << kernel() << log();
  EXPECT_TRUE(soon([&] { return is_good("first"); }));

  unplug("other");
  wait_for("first is down: device gone");
  EXPECT_TRUE(soon([&] { return kernel() == before; })) << kernel();
  stop();
}

TEST_F(EthernetHotplug, UnpluggingTheActiveLinkMovesTheRouteAtOnce) {
  profile(kFirst, "first", 1);
  profile(kSecond, "second", 2);
  write("settings", fmt::format("PROBE_TARGETS={}\nSTARTUP_GRACE_S=1\nDWELL_S=0\n"
                                "FAILBACK_STABLE_S=0\n",
                                kTarget));
  start();
  plug_in(kFirst);
  plug_in(kSecond);

  Loop loop;
  auto monitor = netlink::Monitor::open(loop);
  REQUIRE_OK(monitor);
  std::optional<Instant> gone;
  std::optional<Instant> moved;
  netlink::ChangeCalls calls;
  calls.link = [&](netlink::Change change, const netlink::LinkInfo& link) {
    // It loses its carrier on its way out: the first that the kernel says of it counts.
    const bool leaving = change == netlink::Change::Gone || !link.carrier;
    if (leaving && link.name == kFirst.name && !gone) gone = now();
  };
  calls.route = [&](netlink::Change change, const netlink::Route& route) {
    if (change == netlink::Change::Gone || !route.is_default() || route.table != 254) return;
    if (gone && !moved && route.gateway && route.gateway->text() == kSecond.network + ".1") {
      moved = now();
    }
  };
  const auto watch = (*monitor)->watch_changes(calls);

  std::vector<double> times;  // from the first report
  std::vector<double> held;   // by the kernel
  std::vector<double> after;
  for (int round = 0; round < 10; ++round) {
    ASSERT_TRUE(soon([&] {
      return is_good("first") && is_good("second") &&
             default_route().find("dev wana") != std::string::npos;
    })) << "round "
        << round << "\n"
        << kernel() << log();
    while (loop.iterate(false)) {
    }
    gone.reset();
    moved.reset();
    // Beside the loop, which has to read the reports when they come.
    auto pulling = Process::start({{"ip", "link", "del", kFirst.name}, &*here_, {}, {}});
    REQUIRE_OK(pulling);
    std::optional<Instant> removed;
    std::function<void()> look;
    SourceHandle tick;
    look = [&] {
      if (!removed && !pulling->running()) removed = now();
      tick = loop.after(500us, look);
    };
    look();
    ASSERT_TRUE(until(loop, [&] { return moved && removed; })) << kernel() << log();
    const auto ms = [](Duration d) { return static_cast<double>(d.count()) / 1000.0; };
    times.push_back(ms(*moved - *gone));
    held.push_back(ms(*removed - *gone));
    after.push_back(std::max(0.0, ms(*moved - *removed)));
    EXPECT_TRUE(soon([&] { return kernel().find("192.0.2.2") == std::string::npos; })) << kernel();
    plug_in(kFirst);
  }
  for (auto* list : {&times, &held, &after}) std::ranges::sort(*list);
  const auto middle = [](const std::vector<double>& list) { return list[list.size() / 2]; };
  std::cout << fmt::format(
      "first report to default route moved, of {}: median {:.2f} ms, worst {:.2f} ms\n"
      "  the kernel itself was removing the device: median {:.2f} ms, worst {:.2f} ms\n"
      "  route moved after that: median {:.2f} ms, worst {:.2f} ms\n",
      times.size(), middle(times), times.back(), middle(held), held.back(), middle(after),
      after.back());
  // The kernel takes no other change while it removes a device (the RTNL lock): the bound of 10 ms
  // counts from there. The machine of a test may be busy: half of them have to keep it.
  EXPECT_LT(middle(after), 10.0);
  stop();
}

TEST_F(EthernetHotplug, TwoHundredCyclesLeaveNothingAndGrowNothing) {
  profile(kFirst, "first", 1);
  profile(kSecond, "second", 2);
  write("profiles/named",
        "KIND=ethernet\nPRIORITY=3\nNETDEV=wanc\nADDRESS=192.0.3.2/24\nGATEWAY=192.0.3.1\n");
  start();
  wait_for("second: waiting for its device");
  const std::string before = kernel();
  std::mt19937 random(4);
  const auto below = [&](unsigned n) { return random() % n; };
  std::size_t descriptors_before = 0;
  long memory_before = 0;
  for (int cycle = 0; cycle < 200; ++cycle) {
    if (cycle == 40) {
      ASSERT_TRUE(soon([&] { return kernel() == before; })) << cycle << "\n" << kernel() << log();
      descriptors_before = descriptors();
      memory_before = memory();
    }
    const unsigned which = below(3);
    const std::string name = which == 2 ? "wanc" : fmt::format("x{}", cycle);
    const std::string mac = which == 0   ? kFirst.mac
                            : which == 1 ? kSecond.mac
                                         : "02:00:00:00:0c:01";
    const std::string network = which == 0   ? kFirst.network
                                : which == 1 ? kSecond.network
                                             : std::string("192.0.3");
    std::vector<std::string> lines = {
        fmt::format("link add {} address {} type veth peer name peer", name, mac)};
    const bool carrier = below(4) != 0;
    if (carrier) lines.emplace_back("link set peer up");
    const unsigned how = below(4);
    if (how == 0) lines.push_back("link del " + name);  // before anybody could look
    batch(*here_, lines);
    if (how == 0) continue;
    if (how == 1 || !carrier) {  // in the middle of the bring-up
      sleep_for(Duration(below(8000)));
    } else {
      ASSERT_TRUE(soon([&] {
        return says({"ip", "rule"}).find(network + ".2") != std::string::npos;
      })) << cycle
          << " " << name << "\n"
          << kernel() << log();
    }
    if (how == 2) {
      batch(*here_, {"link set " + name + " down", "link set " + name + " name renamed",
                     "link del renamed"});
    } else {
      unplug(name);
    }
  }
  EXPECT_TRUE(soon([&] { return kernel() == before; })) << kernel() << log();
  EXPECT_EQ(descriptors(), descriptors_before);
  std::cout << fmt::format("160 cycles: {} descriptors before, {} after; {} KiB before, {} after\n",
                           descriptors_before, descriptors(), memory_before, memory());
  // Fragmentation of the heap; a leak of one link a cycle would be more.
  EXPECT_LT(memory(), memory_before + 512);
  // Nothing piles up in what survives a crash either.
  EXPECT_LT(read_file(state() / "found-state.json").size(), 1000U);
  stop();
}

}  // namespace
}  // namespace mwan::lab
