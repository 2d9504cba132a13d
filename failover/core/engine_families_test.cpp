// SPDX-License-Identifier: LGPL-2.1-or-later
// Address families that do not go with the others.
#include <gmock/gmock.h>

#include "failover/core/engine_world.hpp"

namespace mwan::failover {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FamiliesTest : public ::testing::Test {
 protected:
  explicit FamiliesTest(Families families = Families::Together) : world(policy(families)) {}
  static Policy policy(Families families) {
    Policy out = two_links();
    out.links[lte.index].kind = LinkKind::Ethernet;
    out.families = families;
    return out;
  }
  static IpConfig both(LinkId link) {
    IpConfig out = some_config(link.index);
    out.v4->gateway = IpAddress::parse("192.0.2.254");
    const auto text = "2001:db8:" + std::to_string(link.index + 1) + "::2/64";
    out.v6 = IpFamilyConfig{
        .address = *IpPrefix::parse(text), .gateway = IpAddress::parse("fe80::1"), .dns = {}};
    return out;
  }
  void settle() {
    world.start();
    for (const LinkId link : {lte, wire}) {
      world.see(link, fact::Addressing{both(link)});
      world.answer(link, true);
    }
    world.advance(20s);
    ASSERT_EQ(world.engine.active(), lte);
  }
  void probe(LinkId link, std::optional<IpFamily> silent) {
    world.advance(150ms);
    world.see(link, fact::Probe{.sent = 2, .answered = 1, .ok = true, .rtt = {}, .silent = silent});
  }
  void gateway(LinkId link, const char* address, fact::Nud state) {
    world.see(link, fact::Gateway{*IpAddress::parse(address), state});
  }
  // What was said about families in the last step: "ipv6 wire", "ipv4 nobody".
  [[nodiscard]] std::vector<std::string> routed() const {
    std::vector<std::string> out;
    for (const auto& action : world.all<RouteFamily>()) {
      out.push_back(std::string(action.family == IpFamily::V4 ? "ipv4 " : "ipv6 ") +
                    (!action.by          ? "nobody"
                     : *action.by == lte ? "lte"
                                         : "wire"));
    }
    return out;
  }
  World world;
};

class FamiliesApartTest : public FamiliesTest {
 protected:
  FamiliesApartTest() : FamiliesTest(Families::Apart) {}
};

TEST_F(FamiliesTest, NothingIsSaidWhileNothingIsOutOfTheOrdinary) {
  settle();
  EXPECT_THAT(routed(), IsEmpty());
  probe(lte, std::nullopt);
  EXPECT_THAT(routed(), IsEmpty());
  // A family that a link does not have goes with its activation.
  world.see(lte, fact::Addressing{some_config(0)});
  EXPECT_THAT(routed(), IsEmpty());
}

TEST_F(FamiliesTest, WithoutAnswersIPv6IsWithdrawnAndTheLinkStays) {
  settle();
  probe(lte, IpFamily::V6);
  EXPECT_THAT(routed(), ElementsAre("ipv6 nobody"));
  EXPECT_EQ(world.engine.active(), lte);
  EXPECT_THAT(world.all<VerdictChange>(), IsEmpty());
  probe(lte, IpFamily::V6);
  EXPECT_THAT(routed(), IsEmpty());
  probe(lte, std::nullopt);
  EXPECT_THAT(routed(), ElementsAre("ipv6 lte"));
}

TEST_F(FamiliesTest, WithoutIPv4TheLinkIsLeft) {
  settle();
  probe(lte, IpFamily::V4);
  EXPECT_EQ(world.engine.active(), wire);
  EXPECT_THAT(routed(), IsEmpty());
  // Nor is it returned to before IPv4 is back.
  for (int i = 0; i < 200; ++i) probe(lte, IpFamily::V4);
  EXPECT_EQ(world.engine.active(), wire);
  for (int i = 0; i < 200; ++i) probe(lte, std::nullopt);
  EXPECT_EQ(world.engine.active(), lte);
}

TEST_F(FamiliesTest, OneOfTwoGatewaysIsItsFamilys) {
  settle();
  gateway(lte, "fe80::1", fact::Nud::Failed);
  EXPECT_THAT(routed(), ElementsAre("ipv6 nobody"));
  EXPECT_EQ(world.engine.active(), lte);
  gateway(lte, "fe80::1", fact::Nud::Reachable);
  EXPECT_THAT(routed(), ElementsAre("ipv6 lte"));
  gateway(lte, "192.0.2.254", fact::Nud::Failed);
  EXPECT_EQ(world.engine.active(), wire);
}

TEST_F(FamiliesTest, TheNextLinkHasItsOwnIPv6) {
  settle();
  probe(lte, IpFamily::V6);
  world.see(lte, fact::Carrier{false});
  EXPECT_EQ(world.engine.active(), wire);
  EXPECT_THAT(routed(), ElementsAre("ipv6 wire"));
}

TEST_F(FamiliesTest, AnActivationThatFailsLeavesNothingBehind) {
  settle();
  probe(lte, IpFamily::V6);
  world.refusing = {wire};
  world.see(lte, fact::Carrier{false});
  world.advance(1s);
  EXPECT_EQ(world.engine.active(), lte);
  world.see(lte, fact::Carrier{true});
  EXPECT_THAT(routed(), IsEmpty());  // as told when it failed: nobody
  probe(lte, std::nullopt);
  EXPECT_THAT(routed(), ElementsAre("ipv6 lte"));
}

TEST_F(FamiliesApartTest, ALostFamilyGoesByTheOtherLink) {
  settle();
  probe(lte, IpFamily::V6);
  EXPECT_THAT(routed(), ElementsAre("ipv6 wire"));
  probe(lte, std::nullopt);
  EXPECT_THAT(routed(), ElementsAre("ipv6 lte"));
  probe(lte, IpFamily::V4);
  EXPECT_THAT(routed(), ElementsAre("ipv4 wire"));
  EXPECT_EQ(world.engine.active(), lte);
}

TEST_F(FamiliesApartTest, AFamilyThatTheLinkDoesNotHaveGoesByOneThatDoes) {
  settle();
  IpConfig six = both(lte);
  six.v4.reset();
  world.see(lte, fact::Addressing{six});
  EXPECT_THAT(routed(), ElementsAre("ipv4 wire"));
  world.see(lte, fact::Addressing{both(lte)});
  EXPECT_THAT(routed(), ElementsAre("ipv4 lte"));
}

TEST_F(FamiliesApartTest, WhereNobodyHasItIPv4StaysAndIPv6Goes) {
  settle();
  world.see(wire, fact::Carrier{false});
  probe(lte, IpFamily::V4);
  EXPECT_THAT(routed(), IsEmpty());
  probe(lte, IpFamily::V6);
  EXPECT_THAT(routed(), ElementsAre("ipv6 nobody"));
  // And goes to the other when that has come.
  world.see(wire, fact::Carrier{true});
  EXPECT_THAT(routed(), ElementsAre("ipv6 wire"));
}

TEST_F(FamiliesApartTest, WhoeverCarriesAFamilyAndDiesLosesIt) {
  settle();
  probe(lte, IpFamily::V6);
  EXPECT_THAT(routed(), ElementsAre("ipv6 wire"));
  world.see(wire, fact::Device{false, ""});
  EXPECT_THAT(routed(), ElementsAre("ipv6 nobody"));
}

}  // namespace
}  // namespace mwan::failover
