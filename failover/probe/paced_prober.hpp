// SPDX-License-Identifier: LGPL-2.1-or-later
// When a link's targets are asked, and from when on an answer is missed: all at once or one after
// the other, over probers that know how to ask.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "failover/core/answer_time.hpp"
#include "failover/probe/prober.hpp"
#include "hal/loop.hpp"

namespace mwan::failover {

// One question to each target in turn costs what a round of all of them costs, and hears of a loss
// so many times sooner; or, where somebody else would hear of it, costs so many times less. A
// target that does not answer may be the only one: all are asked at once then, and what that round
// says is reported; when it is lost as well, two losses. They are asked before the limit is over
// where the answer takes longer than usual, so that both are waited for at the same time. Of a
// target that was silent the last time already, while another one was not, nothing more is asked:
// it says nothing about the link.
//
// NOTE Threading: on the loop's thread. It may be destroyed in its own report.
class PacedProber {
 public:
  struct Pace {
    Duration interval{};  // zero: no rounds
    // An answer that takes longer counts as lost. Where the probers give it up sooner, it may come
    // late; where later, it counts again when it comes.
    Duration limit{};
    bool in_turn = false;
    bool operator==(const Pace&) const = default;
  };
  using Report = Prober::Report;
  using Make = std::function<std::unique_ptr<Prober>(Report)>;

  struct Makes {
    Make all;                // of all targets
    std::vector<Make> each;  // of one each; with none, or one, `all` is asked in turn as well
    // There are targets that take no turns: they are asked with all others now and then.
    bool others = false;
  };
  // timeout: when the probers report that there was no answer. One that is later than that and than
  // the limit is none.
  PacedProber(Loop& loop, Duration timeout, const Makes& makes, Report report);

  // From now on; the same interval again goes on. The first round comes at once, the first question
  // in turn when probing goes on at that slower pace comes after its time.
  void set_pace(const Pace& pace);
  // One round of all targets beside those.
  void round();
  // Something beside the probes speaks of loss: while they take turns, some rounds of all targets
  // find out.
  void look();
  void set_carrying(bool carries);
  // Whether one question in the interval is enough while targets take turns, instead of one to
  // each: answered traffic proves the link, or nobody uses it. Not at first.
  void set_sparing(bool sparing);
  // Of all its probers together.
  [[nodiscard]] Prober::Counts counts() const;
  [[nodiscard]] const std::string& last_failure() const { return all_->last_failure(); }

 private:
  // How often all are asked while they take turns, for those that take none.
  static constexpr Duration kWhole = std::chrono::seconds(30);
  // After a lost question all are asked so often, though others answer: one in three that is lost
  // shows in as many rounds as are asked at least, and would hardly ever lose a round. More while
  // it is undecided how much is lost.
  static constexpr Duration kLook = std::chrono::milliseconds(100);
  static constexpr int kLooks = 10;
  static constexpr int kMostLooks = 60;
  // No answer is late before that: a loop that had other work is not to cost a round.
  static constexpr Duration kLeastUsual = std::chrono::milliseconds(40);

  struct Target {
    std::unique_ptr<Prober> prober;
    bool heard = true;  // the last time it was asked
    AnswerTime time;
    bool doubted = false;  // later than usual: all were asked already
    bool held = false;     // its prober has reported a loss before it was overdue
    int told = 0;          // overdue, and its prober has yet to report it
    SourceHandle unusual;  // its answer
    SourceHandle overdue;  // the same
  };
  struct Round {
    Instant begun;
    bool told_lost = false;
    bool held = false;      // its prober has reported a loss before its limit
    bool confirms = false;  // a lost question
    SourceHandle limit;
  };

  [[nodiscard]] Duration between() const;
  void tick();
  void begin_round(bool confirms);
  void look_closer();
  void look_in_doubt();
  void end_doubt();
  [[nodiscard]] bool limited() const;
  void ask(Target& target);
  void heard_from(std::size_t index, const fact::Probe& probe);
  void overdue(Target& target);
  void doubt(Target& target);
  void doubt_round();
  void trust(Target& target);
  void heard_one(std::size_t index, const fact::Probe& probe);
  void heard_all(const fact::Probe& probe);
  void lost_all(const fact::Probe& probe);
  void late(Instant begun);
  void report(const Fact& fact);

  Loop& loop_;
  Duration timeout_;
  Report report_;
  std::unique_ptr<Prober> all_;
  std::vector<Target> each_;
  bool others_;
  bool sparing_ = false;
  std::size_t next_ = 0;
  Pace pace_;
  SourceHandle tick_;
  SourceHandle unusual_;  // the answers to a round beside the pace
  SourceHandle look_;
  std::optional<IpFamily> silent_;  // as whole rounds told: one target says nothing of families
  int looks_ = 0;                   // so far
  bool look_in_doubt_ = false;      // for an answer that may come yet, and nothing else
  bool look_again_ = false;         // a quick pace came before it was over
  SourceHandle again_;              // a second loss is to be told
  Instant last_whole_;
  std::vector<Round> rounds_;  // of all, without their report; in their order
};

}  // namespace mwan::failover
