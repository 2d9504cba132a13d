// SPDX-License-Identifier: LGPL-2.1-or-later
// Debian's ModemManager with real udev and the kernel's real drivers takes the simulated modem for
// a real one: it finds it by its own rules when it is plugged in, asks its AT ports, registers and
// connects it, and notices that it is gone.
#include "tests/vm/lab/modem_manager.hpp"

#include "tests/vm/usb_modem/usb_bus.hpp"

namespace mwan::vm {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr Duration kSlow = 240s;  // it waits for ports that come late, in an emulated machine

class UsbModemManager : public UsbBus {
 protected:
  void SetUp() override {
    if (const std::string why = ModemManager::missing(); !why.empty()) GTEST_SKIP() << why;
    UsbBus::SetUp();
    auto judge = ModemManager::start();
    REQUIRE_OK(judge);
    judge_.emplace(std::move(*judge));
  }
  [[nodiscard]] std::string mmcli(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"-m", "any"});
    return judge_->mmcli(std::move(arguments));
  }
  [[nodiscard]] json generic() const {
    const json now = json::parse(mmcli({"-J"}), nullptr, false);
    return now.is_object() ? now["modem"]["generic"] : json::object();
  }
  [[nodiscard]] std::string state() const { return generic().value("state", ""); }
  [[nodiscard]] std::string why() const { return judge_->log(); }
  void accept(const std::string& kind, const std::string& driver);

  std::optional<ModemManager> judge_;
};

void UsbModemManager::accept(const std::string& kind, const std::string& driver) {
  ASSERT_NO_FATAL_FAILURE(
      plug(kind, "imei=352099001761481\nsignal lte rsrp=-97 rsrq=-11 sinr=7.5\n"));
  ASSERT_TRUE(eventually([this] { return state() == "disabled"; }, kSlow)) << why();
  EXPECT_EQ(generic().value("equipment-identifier", ""), "352099001761481");
  EXPECT_THAT(generic()["drivers"], testing::Contains(driver));
  EXPECT_THAT(mmcli({"--enable"}), testing::HasSubstr("successfully")) << why();
  EXPECT_TRUE(eventually([this] { return state() == "registered"; }, kSlow)) << state() << why();
  EXPECT_THAT(mmcli({"--simple-connect=apn=internet,ip-type=ipv4"}),
              testing::HasSubstr("successfully"))
      << why();
  EXPECT_EQ(state(), "connected") << why();
  ASSERT_NO_FATAL_FAILURE(use_network());
  EXPECT_EQ(pings(3), 3);
  unplug();
  EXPECT_TRUE(eventually([this] { return mmcli({}).starts_with("error"); }, kSlow)) << why();
  judge_->stop();
}

TEST_F(UsbModemManager, AcceptsTheQmiModem) { accept("qmi", "qmi_wwan"); }
TEST_F(UsbModemManager, AcceptsTheMbimModem) { accept("mbim", "cdc_mbim"); }

}  // namespace
}  // namespace mwan::vm
