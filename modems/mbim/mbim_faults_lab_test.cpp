// SPDX-License-Identifier: LGPL-2.1-or-later
// Modems that do not answer, that answer late, that die at any request; nothing may stay behind.
#include <algorithm>
#include <set>

#include <gmock/gmock.h>

#include "modems/mbim/mbim_lab.hpp"

namespace mwan::mbim {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Faults : public MbimLab {};

TEST_F(Faults, NobodyListens) {
  make_adapter();
  const Status opened = done(adapter_->open(cancel_));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().failure, FailureClass::Gone);
  EXPECT_EQ(opened.error().text(),
            "lte: mbim open: nothing listens on the proxy socket \"mbim-proxy\"");
  done(adapter_->close(1s));
}

TEST_F(Faults, NothingWorksBeforeItIsOpen) {
  make_adapter();
  const auto radio = done(adapter_->read_radio(cancel_));
  ASSERT_FALSE(radio);
  EXPECT_EQ(radio.error().failure, FailureClass::Gone);
  EXPECT_FALSE(connect(kV4));
  done(adapter_->disconnect(kV4, cancel_));
  done(adapter_->close(1s));
}

TEST_F(Faults, UnpluggedWhileARequestIsUnderWay) {
  simulate("start=signal\n" + steady("hang-on mbim.home-provider\nat 100ms unplug\n"));
  config_.timings.request = 10s;
  up();
  trigger();
  const auto home = done(adapter_->read_home_network(cancel_), 5s);
  ASSERT_FALSE(home);
  EXPECT_EQ(home.error().failure, FailureClass::Gone);
  EXPECT_EQ(home.error().where, "lte: mbim query home-provider");
  EXPECT_TRUE(until([&] { return gone_ == 1; }));
  done(adapter_->close(1s));
}

TEST_F(Faults, AModemThatHangs) {
  config_.timings.request = 200ms;
  simulate("start=signal\n" + steady("at 0s hang\ntrigger\nat 0s resume\n"));
  up();
  ASSERT_TRUE(connect(kV4));
  trigger();
  turn(100ms);
  for (unsigned i = 1; i <= 3; ++i) {
    const auto radio = done(adapter_->read_radio(cancel_));
    ASSERT_FALSE(radio);
    EXPECT_EQ(radio.error().failure, FailureClass::Transient);
    EXPECT_EQ(radio.error().text(), "lte: mbim query radio-state: no answer within 200 ms");
    EXPECT_GE(adapter_->unanswered(), i);
  }
  trigger();
  turn(100ms);
  EXPECT_TRUE(done(adapter_->read_radio(cancel_)));
  EXPECT_EQ(adapter_->unanswered(), 0U);
  close();
  expect_nothing_left();
}

TEST_F(Faults, ClosingAModemThatHangsKeepsTheBudget) {
  simulate("start=signal\n" + steady("at 0s hang\n"));
  up();
  ASSERT_TRUE(connect(kV4));
  trigger();
  turn(100ms);
  const Instant before = Loop::now();
  done(adapter_->close(500ms));
  EXPECT_LT(Loop::now() - before, 3s);
  adapter_.reset();
}

TEST_F(Faults, CancelledAtOnce) {
  simulate("start=signal\n" + steady("hang-on mbim.home-provider\n"));
  config_.timings.request = 10s;
  up();
  const Cancel give_up;
  const SourceHandle timer = loop_.after(100ms, [&] { give_up.cancel(); });
  const auto home = done(adapter_->read_home_network(give_up), 5s);
  ASSERT_FALSE(home);
  EXPECT_EQ(home.error().failure, FailureClass::Cancelled);
  close();
  expect_nothing_left();
}

TEST_F(Faults, AnActivationThatIsGivenUpIsUndone) {
  simulate("bearer-delay=1s\n" + steady());
  up();
  const Cancel give_up;
  const SourceHandle timer = loop_.after(300ms, [&] { give_up.cancel(); });
  const auto outcomes = done(adapter_->connect(kV4, give_up), 5s);
  ASSERT_FALSE(outcomes);
  EXPECT_EQ(outcomes.error().failure, FailureClass::Cancelled);
  EXPECT_TRUE(until([&] { return requests("mbim.connect set") >= 2; })) << log();
  turn(1500ms);  // what the activation would have brought
  EXPECT_EQ(books()["mbim"]["sessions"].value("active", -1), 0) << books().dump(2);
  close();
  expect_nothing_left();
}

TEST_F(Faults, AnActivationThatTakesTooLongIsUndone) {
  config_.timings.start_network = 300ms;
  simulate("bearer-delay=1s\n" + steady());
  up();
  const auto outcomes = connect(kV4);
  ASSERT_FALSE(outcomes);
  EXPECT_EQ(outcomes.error().text(), "lte: mbim connect activate: no answer within 300 ms");
  turn(1500ms);
  EXPECT_EQ(books()["mbim"]["sessions"].value("active", -1), 0) << books().dump(2);
  close();
  expect_nothing_left();
}

TEST_F(Faults, ClosedWhileAnActivationIsUnderWay) {
  simulate("bearer-delay=1s\n" + steady());
  up();
  {
    Job dialling;
    const auto body = [](MbimAdapter& adapter, Cancel cancel) -> Task<void> {
      const std::vector<IpFamily> families = kV4;
      const auto ignored = co_await adapter.connect(families, cancel);
    };
    dialling.start(body(*adapter_, cancel_));
    ASSERT_TRUE(until([&] { return requests("mbim.connect set") == 1; })) << log();
  }  // whoever waited is gone
  close();
  turn(1500ms);
  expect_nothing_left();
}

TEST_F(Faults, StatusesAreExplained) {
  simulate(
      steady("fail-on mbim.home-provider error=7\nfail-on mbim.radio-state error=1\n"
             "fail-on mbim.packet-statistics error=9\n"));
  up();
  const auto home = done(adapter_->read_home_network(cancel_));
  EXPECT_EQ(home.error().text(),
            "lte: mbim query home-provider: NotRegistered: the modem is not registered with a "
            "network");
  EXPECT_EQ(done(adapter_->read_radio(cancel_)).error().failure, FailureClass::Transient);
  EXPECT_EQ(done(adapter_->read_counters(cancel_)).error().failure, FailureClass::Permanent);
  close();
  expect_nothing_left();
}

TEST_F(Faults, RsrqWhereTheModemCannotSayIt) {
  simulate("start=signal\n" + steady("fail-on mbim.atds-signal error=9\n"
                                     "at 0s signal lte rsrp=-110 rsrq=-15\n"));
  up();
  EXPECT_EQ(done(adapter_->read_signal(cancel_))->front().rsrq_db, -8.0) << "from the cells";
  trigger();
  EXPECT_TRUE(until_report("signal lte rsrp=-110 rsrq=-15")) << log();
  EXPECT_EQ(requests("mbim.atds-signal"), 1U) << "asked again although it does not know it";
  close();
  expect_nothing_left();
}

// One life: open, listen, everything read, connected and left. The steps stop at the first failure.
class Death : public MbimLab {
 protected:
  template <class T>
  static bool note(const T& result, std::optional<Error>& first) {
    if (!result) first = result.error();
    return result.has_value();
  }
  std::optional<Error> live() {
    make_adapter();
    std::optional<Error> e;
    MbimAdapter& a = *adapter_;
    const Cancel& c = cancel_;
    const bool whole =
        note(done(a.open(c)), e) && note(done(a.listen(config_.signal, c)), e) &&
        note(done(a.read_identity(c)), e) && note(done(a.set_radio(true, c)), e) && unlock(e) &&
        note(done(a.read_slots(c)), e) && note(done(a.read_home_network(c)), e) &&
        note(done(a.register_automatically(c)), e) && registered(e) &&
        note(done(a.attach(true, c)), e) && note(done(a.read_packet_service(c)), e) &&
        note(done(a.read_signal(c)), e) && note(done(a.read_cells(c)), e) &&
        note(done(a.connect(kBoth, c)), e) && note(done(a.read_counters(c)), e);
    EXPECT_EQ(whole, !e.has_value());
    return e;
  }
  bool unlock(std::optional<Error>& e) {
    const auto locked = [&] {
      const auto sim = done(adapter_->read_sim(cancel_));
      return !note(sim, e) || sim->state == SimState::PinRequired;
    };
    EXPECT_TRUE(until(locked)) << log();
    return !e && note(done(adapter_->verify_pin(Secret("4711"), cancel_)), e);
  }
  bool registered(std::optional<Error>& e) {
    const auto there = [&] {
      const auto now = done(adapter_->read_registration(cancel_));
      return !note(now, e) || now->registered();
    };
    EXPECT_TRUE(until(there)) << log();
    return !e;
  }

  const std::string header_ = "operating-mode=low-power\npin=4711\n";
};

TEST_F(Death, AtEveryRequest) {
  simulate(header_ + steady());
  const auto trouble = live();
  ASSERT_FALSE(trouble) << trouble->text() << log();
  std::set<std::string> messages = {"mbim.open"};
  for (const std::string& name : requests()) messages.insert(name.substr(0, name.find(' ')));
  close();
  expect_nothing_left();
  ASSERT_GE(messages.size(), 18U);
  for (const std::string& name : messages) {
    SCOPED_TRACE(name);
    simulate(header_ + steady("die-on " + name + "\n"));
    const auto failure = live();
    EXPECT_TRUE(until([&] { return simulator_ended(); })) << "it was never asked: " << log();
    ASSERT_TRUE(failure) << log();
    EXPECT_EQ(failure->failure, FailureClass::Gone) << failure->text();
    EXPECT_TRUE(failure->where.starts_with("lte: mbim ")) << failure->text();
    EXPECT_TRUE(until([&] { return gone_ == 1; }));
    done(adapter_->close(1s));

    simulate(header_ + steady());
    const auto again = live();
    EXPECT_FALSE(again) << again->text() << log();
    close();
    expect_nothing_left();
  }
}

TEST_F(Death, WhileClosing) {
  for (const char* name : {"mbim.connect", "mbim.device-service-subscribe-list", "mbim.close"}) {
    SCOPED_TRACE(name);
    simulate("start=signal\n" + steady("at 0s die-on " + std::string(name) + "\n"));
    up();
    ASSERT_TRUE(connect(kV4));
    trigger();
    turn(100ms);
    close();
    EXPECT_TRUE(until([&] { return simulator_ended(); })) << log();
  }
}

}  // namespace
}  // namespace mwan::mbim
