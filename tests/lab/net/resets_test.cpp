// SPDX-License-Identifier: LGPL-2.1-or-later
// The rules that reset connections of a link that was left: there when the traffic moves, gone by
// themselves while the links stay.
#include "failover/run/kernel_plumbing.hpp"
#include "tests/lab/net/in_netns.hpp"
#include "tests/lab/work_folder.hpp"

namespace mwan::failover {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ResetsLab : public lab::InNetNs {
 protected:
  void SetUp() override {
    InNetNs::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    for (const char* name : {"eth1", "eth2"}) {
      cable(name);
      far(std::string("link set ") + name + " up");
      here(std::string("link set ") + name + " up");
    }
    auto folder = lab::WorkFolder::temporary();
    REQUIRE_OK(folder);
    folder_.emplace(std::move(*folder));
    auto store = StateStore::open(folder_->path() / "state");
    REQUIRE_OK(store);
    store_.emplace(std::move(*store));
    auto netlink = netlink::Netlink::open();
    REQUIRE_OK(netlink);
    netlink_.emplace(std::move(*netlink));
    auto nat = netlink::make_nftables_nat();
    REQUIRE_OK(nat);
    plumbing_.emplace(loop_, *netlink_, *store_, DaemonSettings{}, std::move(*nat), 1s);
    REQUIRE_OK(plumbing_->begin());
    for (const auto& [slot, address] : {std::pair{&one_, "10.0.1.2/24"}, {&two_, "10.0.2.2/24"}}) {
      IpConfig config;
      config.v4 = IpFamilyConfig{.address = *IpPrefix::parse(address)};
      REQUIRE_OK(plumbing_->apply(*slot, "eth" + std::to_string(slot->number), config));
    }
  }
  [[nodiscard]] std::string rules() const { return says({"nft", "list", "ruleset"}); }
  void move() {
    REQUIRE_OK(plumbing_->make_default(two_));
    REQUIRE_OK(plumbing_->reset_flows(one_, two_));
    ASSERT_THAT(rules(), AllOf(HasSubstr("table inet mwan_resets"), HasSubstr("tcp reset")));
  }

  const PlumbingSlot one_{.number = 1, .name = "one"};
  const PlumbingSlot two_{.number = 2, .name = "two"};
  Loop loop_;
  std::optional<lab::WorkFolder> folder_;
  std::optional<StateStore> store_;
  std::optional<netlink::Netlink> netlink_;
  std::optional<KernelPlumbing> plumbing_;
};

TEST_F(ResetsLab, AreOverByThemselvesAndTranslationGoesOn) {
  const std::string before = rules();
  ASSERT_THAT(before, AllOf(HasSubstr("table inet mwan"), Not(HasSubstr("mwan_resets"))));
  for (int time = 0; time < 2; ++time) {
    ASSERT_NO_FATAL_FAILURE(move());
    EXPECT_TRUE(until(
        loop_, [&] { return rules() == before; }, 60s))
        << rules();
  }
  REQUIRE_OK(plumbing_->restore());
  EXPECT_THAT(rules(), IsEmpty());
}

TEST_F(ResetsLab, GoWithTheLastLink) {
  ASSERT_NO_FATAL_FAILURE(move());
  REQUIRE_OK(plumbing_->withdraw(one_));
  REQUIRE_OK(plumbing_->withdraw(two_));
  EXPECT_THAT(rules(), IsEmpty());
  REQUIRE_OK(plumbing_->restore());
}

TEST_F(ResetsLab, AreTakenBackAtTheEnd) {
  ASSERT_NO_FATAL_FAILURE(move());
  REQUIRE_OK(plumbing_->restore());
  EXPECT_THAT(rules(), IsEmpty());
}

}  // namespace
}  // namespace mwan::failover
