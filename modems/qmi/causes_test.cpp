// SPDX-License-Identifier: LGPL-2.1-or-later
#include "modems/qmi/causes.hpp"

#include <gtest/gtest.h>

namespace mwan::qmi {
namespace {

TEST(Causes, TablesAreFoundFromEndToEnd) {
  for (const std::uint16_t number : {8, 27, 33, 50, 66, 111, 113}) {
    const Cause* cause = find_esm_cause(number);
    ASSERT_NE(cause, nullptr) << number;
    EXPECT_EQ(cause->number, number);
  }
  for (const std::uint16_t number : {2, 11, 15, 22, 42, 111}) {
    ASSERT_NE(find_emm_cause(number), nullptr) << number;
  }
  EXPECT_EQ(find_esm_cause(0), nullptr);
  EXPECT_EQ(find_esm_cause(255), nullptr);
  EXPECT_EQ(find_emm_cause(1), nullptr);
}

TEST(Causes, AscendAndSaySomething) {
  std::uint16_t esm = 0;
  std::uint16_t emm = 0;
  for (std::uint16_t number = 1; number < 256; ++number) {
    if (const Cause* cause = find_esm_cause(number)) {
      EXPECT_STRNE(cause->meaning, "");
      ++esm;
    }
    if (find_emm_cause(number) != nullptr) ++emm;
  }
  EXPECT_EQ(esm, 42);
  EXPECT_EQ(emm, 36);
}

TEST(Explain, TheVerboseReasonWins) {
  const Explanation out = explain(CallEnd{.reason = 1, .verbose_type = 6, .verbose_reason = 33});
  EXPECT_EQ(out.failure, FailureClass::Permanent);
  EXPECT_EQ(out.text, "3GPP cause 33 (requested service option not subscribed): check the APN");
}

TEST(Explain, OldReasonsHaveTheirCause) {
  const Explanation out = explain(CallEnd{.reason = 1013});
  EXPECT_EQ(out.failure, FailureClass::Permanent);
  EXPECT_EQ(out.text, "3GPP cause 27 (missing or unknown APN): check the APN");
  EXPECT_EQ(explain(CallEnd{.reason = 1005}).failure, FailureClass::Throttled);
}

TEST(Explain, EverythingElseKeepsItsNumber) {
  EXPECT_EQ(explain(CallEnd{}).text, "no reason given");
  EXPECT_EQ(explain(CallEnd{.reason = 4}).text, "call end reason 4 (radio faded)");
  EXPECT_EQ(explain(CallEnd{.reason = 9999}).text, "call end reason 9999");
  EXPECT_EQ(explain(CallEnd{.verbose_type = 6, .verbose_reason = 200}).text, "3GPP cause 200");
  EXPECT_EQ(explain(CallEnd{.verbose_type = 3, .verbose_reason = 2001}).text,
            "call manager reason 2001");
  EXPECT_EQ(explain(CallEnd{.verbose_type = 77, .verbose_reason = -1}).text,
            "reason 65535 of type 77");
}

TEST(Explain, Refusals) {
  const Explanation out = explain_reject(11);
  EXPECT_EQ(out.failure, FailureClass::Permanent);
  EXPECT_EQ(out.text,
            "EMM cause 11 (PLMN not allowed): this SIM may not use this operator; check roaming");
  EXPECT_EQ(explain_reject(200).text, "EMM cause 200");
}

TEST(ProtocolErrors, NamesAndClasses) {
  EXPECT_EQ(protocol_error_name(protocol::kCallFailed), "CallFailed");
  EXPECT_EQ(protocol_error_name(4711), "error 4711");
  EXPECT_EQ(protocol_error_class(5), FailureClass::Throttled);
  EXPECT_EQ(protocol_error_class(12), FailureClass::Permanent);
  EXPECT_EQ(protocol_error_class(3), FailureClass::Transient);
}

}  // namespace
}  // namespace mwan::qmi
