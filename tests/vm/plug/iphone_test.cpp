// SPDX-License-Identifier: LGPL-2.1-or-later
// An iPhone behind the kernel's ipheth, with what only iPhones do: they stay on the bus without a
// network, because nobody said that this computer is to be trusted, because Personal Hotspot is
// off, or because their carrier is dead until the host resets them.
#include "tests/vm/lab/iphone.hpp"

#include <fmt/format.h>

#include "tests/lab/clock.hpp"
#include "tests/vm/plug/plug_lab.hpp"

namespace mwan::vm {
namespace {

using namespace std::chrono_literals;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// Longer than a carrier that was seen before may be away (hal/tether/dead_carrier.hpp).
constexpr Duration kLongerThanPatience = 7s;

class IphoneTether : public PlugLab {
 protected:
  void SetUp() override {
    PlugLab::SetUp();
    if (HasFatalFailure()) return;
    write_profile("iphone", "KIND=tether\nPRIORITY=1\nMATCH=any\n");
    device_ = iphone();
    ASSERT_TRUE(device_.owner);
    phone_ = std::static_pointer_cast<Iphone>(device_.owner);
    start_daemon();
    before_ = inventory_now();
  }
  void TearDown() override {
    phone_.reset();
    device_ = {};
    PlugLab::TearDown();
  }
  static bool comes_up(std::size_t since) {
    return soon([since] { return good("iphone", since); });
  }
  static bool says_soon(const std::string& words, std::size_t since) {
    return soon([&] { return log().find(words, since) != std::string::npos; });
  }
  static bool out_of_the_kernel() {
    return soon([] {
      return says({"ip", "route", "show", "default"}).empty() &&
             kernel().find("172.20.10.") == std::string::npos;
    });
  }
  // What mwan-config says of it.
  static nlohmann::json status() {
    const auto all = nlohmann::json::parse(
        says({MWAN_CONFIG_TOOL, "--state-dir", kStateFolder, "status", "--json"}), nullptr, false);
    if (!all.is_object()) return {};
    for (const auto& link : all.value("links", nlohmann::json::array())) {
      if (link.value("name", "") == "iphone") return link;
    }
    return {};
  }
  void pull() {
    REQUIRE_OK(phone_->unplug());
    expect_as_before(before_);
  }

  Device device_;
  std::shared_ptr<Iphone> phone_;
  std::set<std::string> before_;
};

TEST_F(IphoneTether, IsALinkWhileItTrustsUsAndSharesItsConnection) {
  phone_->trust(false);
  std::size_t since = mark();
  REQUIRE_OK(phone_->plug());
  ASSERT_TRUE(says_soon("the phone is there and gives no network", since)) << log();
  lab::sleep_for(kLongerThanPatience);
  EXPECT_EQ(phone_->resets(), 0) << "a carrier that was never seen is not dead\n" << log();
  phone_->trust(true);
  ASSERT_TRUE(comes_up(since)) << log() << kernel() << phone_->dhcp_log();
  EXPECT_THAT(kernel(), ContainsRegex("from 172\\.20\\.10\\.[0-9]+ lookup 1100"));
  EXPECT_TRUE(soon([] {
    return says({"ip", "route", "show", "default"}).find("172.20.10.") != std::string::npos;
  })) << kernel();
  const nlohmann::json link = status();
  EXPECT_EQ(link.value("kind", ""), "tether") << link.dump();
  EXPECT_EQ(link.value("metered", false), true) << link.dump();

  since = mark();
  phone_->share(false);
  EXPECT_TRUE(out_of_the_kernel()) << log() << kernel();
  phone_->share(true);
  EXPECT_TRUE(comes_up(since)) << log() << kernel();
  pull();
  stop_daemon();
}

TEST_F(IphoneTether, ADeadCarrierIsCuredByAReset) {
  std::size_t since = mark();
  REQUIRE_OK(phone_->plug());
  ASSERT_TRUE(comes_up(since)) << log() << kernel();

  since = mark();
  phone_->die();
  ASSERT_TRUE(says_soon("resetting its USB device", since)) << log();
  EXPECT_TRUE(comes_up(since)) << log() << kernel();
  EXPECT_EQ(phone_->resets(), 1) << log();

  // Restarted: it left the bus, and came back like that.
  pull();
  since = mark();
  phone_->die();
  REQUIRE_OK(phone_->plug());
  ASSERT_TRUE(says_soon("resetting its USB device", since)) << log();
  EXPECT_TRUE(comes_up(since)) << log() << kernel();
  EXPECT_EQ(phone_->resets(), 2) << log();
  pull();
  stop_daemon();
}

}  // namespace
}  // namespace mwan::vm
