// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-sim/mbim/sessions.hpp"

#include "tools/mwan-sim/mbim/session_values.hpp"
#include "tools/mwan-sim/mbim/stack_fixture.hpp"

namespace mwan::sim::mbim {
namespace {

constexpr std::uint32_t kActivated = 1;
constexpr std::uint32_t kDeactivated = 3;
constexpr std::size_t kState = 1;  // fields of connect information, in words
constexpr std::size_t kIpType = 3;
constexpr std::size_t kNwError = 8;

class MbimSessions : public MbimStackTest {
 protected:
  Message connect(std::uint32_t ip_type, std::uint32_t session = 0) {
    return must(set(ref::kConnect, connect_info(session, true, ip_type)));
  }
  Message disconnect(std::uint32_t session = 0) {
    return must(set(ref::kConnect, connect_info(session, false, 0)));
  }
  Message state(std::uint32_t session = 0) {
    return must(query(ref::kConnect, connect_info(session, false, 0)));
  }
  Message addresses(std::uint32_t session = 0) {
    return must(query(ref::kIpConfiguration, InfoWriter().u32(session).done()));
  }
};

TEST_F(MbimSessions, OfBothFamiliesAtOnce) {
  build();
  const Message up = connect(kIpv4v6);
  EXPECT_EQ(up.value, 0U);
  EXPECT_EQ(word(up, kState), kActivated);
  EXPECT_EQ(word(up, kIpType), kIpv4v6);
  const Message ip = addresses();
  EXPECT_EQ(word(ip, 1), 0xBU);  // address, gateway, MTU; no DNS
  EXPECT_EQ(word(ip, 2), 0xBU);
  EXPECT_EQ(word(ip, 3), 1U);                             // one IPv4 address
  EXPECT_EQ(word(ip, word(ip, 4) / 4), 30U);              // prefix length
  EXPECT_EQ(word(ip, word(ip, 4) / 4 + 1), 0x0200400AU);  // 10.64.0.2
  EXPECT_EQ(word(ip, word(ip, 6) / 4), 64U);              // of IPv6
  EXPECT_EQ(word(disconnect(), kState), kDeactivated);
  EXPECT_EQ(modem_->bearers().find(IpFamily::V4), nullptr);
  EXPECT_EQ(modem_->bearers().find(IpFamily::V6), nullptr);
  EXPECT_EQ(addresses().value, code(Status::ContextNotActivated));
}

TEST_F(MbimSessions, OfOneFamilyLeaveTheOtherOut) {
  build();
  EXPECT_EQ(word(connect(kIpv6), kIpType), kIpv6);
  const Message ip = addresses();
  EXPECT_EQ(word(ip, 1), 0U);
  EXPECT_EQ(word(ip, 3), 0U);
  EXPECT_EQ(word(ip, 5), 1U);
}

TEST_F(MbimSessions, ArePartlyGranted) {
  ModemSettings settings;
  settings.grants_ipv6 = false;
  build(settings);
  const Message up = connect(kIpv4v6);
  EXPECT_EQ(up.value, 0U);
  EXPECT_EQ(word(up, kIpType), kIpv4);
  EXPECT_EQ(word(up, kNwError), 50U);  // IPv4 only allowed
  disconnect();
  const Message any = connect(kIpDefault);
  EXPECT_EQ(word(any, kIpType), kIpv4);
  EXPECT_EQ(word(any, kNwError), 0U);
  disconnect();
  const Message refused = connect(kIpv6);
  EXPECT_EQ(refused.value, code(Status::Failure));
  EXPECT_EQ(word(refused, kNwError), 50U);
}

TEST_F(MbimSessions, RefusalsTellTheNetworksCause) {
  build();
  modem_->refuse_sessions(27);
  const Message refused = connect(kIpv4);
  EXPECT_EQ(refused.value, code(Status::Failure));
  EXPECT_EQ(word(refused, kState), kDeactivated);
  EXPECT_EQ(word(refused, kNwError), 27U);
  EXPECT_EQ(modem_->bearers().counters().refused, 1U);
}

TEST_F(MbimSessions, NeedPacketService) {
  build();
  modem_->set_network_attach(false);
  EXPECT_EQ(connect(kIpv4).value, code(Status::PacketServiceDetached));
  modem_->set_coverage({RegistrationState::Searching, {}});
  EXPECT_EQ(connect(kIpv4).value, code(Status::NotRegistered));
}

TEST_F(MbimSessions, LostOnesAreIndicatedOnceWithTheirCause) {
  build();
  connect(kIpv4v6);
  forget();
  modem_->bearers().drop_all({EndCause::Network, 36});
  settle();
  const Message down = must(indication(ref::kConnect));
  EXPECT_EQ(word(down, kState), kDeactivated);
  EXPECT_EQ(word(down, kNwError), 36U);
  EXPECT_FALSE(indication(ref::kConnect));
  EXPECT_EQ(word(state(), kState), kDeactivated);
}

TEST_F(MbimSessions, OneFamilyLostLeavesTheOther) {
  build();
  connect(kIpv4v6);
  forget();
  modem_->bearers().drop(IpFamily::V6, {EndCause::Network, 36});
  settle();
  const Message less = must(indication(ref::kConnect));
  EXPECT_EQ(word(less, kState), kActivated);
  EXPECT_EQ(word(less, kIpType), kIpv4);
  EXPECT_EQ(word(must(indication(ref::kIpConfiguration)), 2), 0U);
}

TEST_F(MbimSessions, AddressesThatChangeAreIndicated) {
  build();
  connect(kIpv4);
  AddressPlan plan = modem_->settings().ipv4;
  plan.address = *IpPrefix::parse("10.77.0.6/29");
  modem_->renumber(IpFamily::V4, plan);
  const Message ip = must(indication(ref::kIpConfiguration));
  EXPECT_EQ(word(ip, word(ip, 4) / 4), 29U);
}

TEST_F(MbimSessions, SeveralLiveSideBySide) {
  build();
  connect(kIpv4, 0);
  connect(kIpv4, 3);
  EXPECT_EQ(stack_->sessions().count().active, 2U);
  disconnect(0);
  EXPECT_EQ(word(state(0), kState), kDeactivated);
  EXPECT_EQ(word(state(3), kState), kActivated);
  EXPECT_EQ(must(set(ref::kConnect, connect_info(8, true, 1))).value,
            code(Status::MaxActivatedContexts));
}

TEST_F(MbimSessions, OutliveTheirClientAndAreCounted) {
  build();
  connect(kIpv4);
  EXPECT_EQ(stack_->sessions().count().disowned, 0U);
  stack_->closed(kHost);
  EXPECT_EQ(stack_->sessions().count().active, 1U);
  EXPECT_EQ(stack_->sessions().count().disowned, 1U);
  open(2);
  EXPECT_EQ(must(set(ref::kConnect, connect_info(0, false, 0), 2)).value, 0U);
  EXPECT_EQ(stack_->sessions().count().active, 0U);
}

TEST_F(MbimSessions, DeactivationOvertakesAnActivation) {
  build();
  constexpr std::uint32_t kActivating = 2;
  Message first = command(ref::kConnect, true, connect_info(0, true, kIpv4v6));
  first.transaction = 1000;
  send(first);
  EXPECT_EQ(word(state(), kState), kActivating);
  EXPECT_EQ(word(state(), kState), kActivated) << "asking took a second";
  disconnect();
  first.transaction = 1001;
  send(first);
  Message busy = first;
  busy.transaction = 1002;
  send(busy);
  EXPECT_EQ(must(answer(1002)).value, code(Status::Busy));
  Message second = command(ref::kConnect, true, connect_info(0, false, 0));
  second.transaction = 1003;
  send(second);
  EXPECT_EQ(must(answer(1001)).value, code(Status::Failure));
  EXPECT_EQ(must(answer(1003)).value, 0U);
  settle();
  EXPECT_EQ(modem_->bearers().find(IpFamily::V4), nullptr);
}

TEST_F(MbimSessions, NothingOfThemOutlivesThePower) {
  build();
  connect(kIpv4, 2);
  Message late = command(ref::kConnect, true, connect_info(0, true, kIpv4v6));
  send(late);
  modem_->power_down();
  stack_->wipe();
  modem_->power_up();
  settle();
  EXPECT_EQ(stack_->sessions().count().active, 0U);
  EXPECT_EQ(modem_->bearers().find(IpFamily::V4), nullptr);
}

TEST_F(MbimSessions, OfVersion3HaveTlvs) {
  build();
  agree(kVersion3);
  const Bytes request = InfoWriter()
                            .u32(0)
                            .u32(1)
                            .u32(0)
                            .u32(0)
                            .u32(kIpv4)
                            .uuid({})
                            .u32(0)
                            .tlv_text("ims.example")
                            .tlv_text("")
                            .tlv_text("")
                            .done();
  const Message up = must(set(ref::kConnect, request));
  EXPECT_EQ(up.value, 0U);
  EXPECT_EQ(modem_->bearers().find(IpFamily::V4)->apn, "ims.example");
  InfoReader reader(std::span<const std::uint8_t>(up.info).subspan(40));
  EXPECT_EQ(reader.tlv_text(), "ims.example");
}

}  // namespace
}  // namespace mwan::sim::mbim
