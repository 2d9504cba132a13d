// SPDX-License-Identifier: LGPL-2.1-or-later
// ModemManager beside the daemon, both with their udev rules: it leaves the modem of our profile
// alone, from the first moment on, and keeps the other one.
#include "tests/vm/lab/modem_manager.hpp"

#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "tests/lab/clock.hpp"
#include "tests/vm/plug/plug_lab.hpp"

namespace mwan::vm {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using nlohmann::json;

constexpr Duration kSlow = 240s;  // it waits for ports that come late, in an emulated machine

class BesideModemManager : public PlugLab {
 protected:
  void SetUp() override {
    if (const std::string why = ModemManager::missing(); !why.empty()) GTEST_SKIP() << why;
    PlugLab::SetUp();
    if (HasFatalFailure()) return;
    auto judge = ModemManager::start();
    REQUIRE_OK(judge);
    judge_.emplace(std::move(*judge));
  }
  void TearDown() override {
    if (IsSkipped()) return;
    judge_.reset();
    PlugLab::TearDown();
  }
  // The IMEIs of its modems.
  [[nodiscard]] std::set<std::string> its_modems() const {
    std::set<std::string> out;
    const json list = json::parse(judge_->mmcli({"-L", "-J"}), nullptr, false);
    if (!list.is_object()) return out;
    for (const json& path : list.value("modem-list", json::array())) {
      const json modem =
          json::parse(judge_->mmcli({"-m", path.get<std::string>(), "-J"}), nullptr, false);
      const json::json_pointer at("/modem/generic/equipment-identifier");
      if (modem.is_object() && modem.contains(at)) out.insert(modem[at].get<std::string>());
    }
    return out;
  }
  // Ports of the modem with our USB id that ModemManager itself has open.
  [[nodiscard]] std::vector<std::string> our_ports_it_holds() const {
    std::vector<std::string> out;
    std::error_code error;
    for (const auto& entry :
         fs::directory_iterator(fmt::format("/proc/{}/fd", judge_->pid()), error)) {
      const std::string file = fs::read_symlink(entry.path(), error).string();
      // Only the QMI modem has serial ports.
      if (file.starts_with("/dev/ttyUSB")) out.push_back(file);
    }
    return out;
  }
  std::optional<ModemManager> judge_;
};

TEST_F(BesideModemManager, ItLeavesOursAloneAndKeepsTheOthers) {
  Device ours = modem(ModemKind::Qmi);
  Device other = modem(ModemKind::Mbim);
  const std::string others_imei = "352099001761481";
  write_profile("lte-qmi", "KIND=modem\nPRIORITY=1\nMATCH=usb:2c7c:0125\n");
  start_daemon();
  REQUIRE_OK(ours.plug());
  REQUIRE_OK(other.plug());
  ASSERT_TRUE(soon([] { return good("lte-qmi"); })) << log() << judge_->log();
  const std::size_t was_good = mark();
  ASSERT_TRUE(lab::wait_until(kSlow, [&] { return its_modems().contains(others_imei); }))
      << judge_->log();
  EXPECT_THAT(its_modems(), testing::ElementsAre(others_imei));
  EXPECT_THAT(our_ports_it_holds(), testing::IsEmpty());
  EXPECT_EQ(log().find("lte-qmi is ", was_good), std::string::npos) << log();

  // It can do with it what it likes.
  EXPECT_THAT(judge_->mmcli({"-m", "any", "--enable"}), testing::HasSubstr("successfully"))
      << judge_->log();

  // Pulled out and back: still ours.
  REQUIRE_OK(ours.unplug());
  ASSERT_TRUE(soon([&] { return log().find("lte-qmi is down", was_good) != std::string::npos; }));
  const std::size_t again = mark();
  REQUIRE_OK(ours.plug());
  ASSERT_TRUE(soon([&] { return good("lte-qmi", again); })) << log() << judge_->log();
  EXPECT_THAT(its_modems(), testing::ElementsAre(others_imei));
  EXPECT_THAT(our_ports_it_holds(), testing::IsEmpty());
  stop_daemon();
  REQUIRE_OK(ours.unplug());
  REQUIRE_OK(other.unplug());
}

}  // namespace
}  // namespace mwan::vm
