// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/probe/portal_watch.hpp"

#include <gmock/gmock.h>

namespace mwan::failover {
namespace {

using ::testing::HasSubstr;

ProbeTarget target(std::string_view text) {
  return parse_probe_target(text).value_or(ProbeTarget());
}
HttpVerdict judged(std::string_view text, const HttpReply& reply) {
  return judge(target(text), reply);
}

constexpr const char* kEmpty = "http://check.example/204";
constexpr const char* kWord = "http://check.example/ok#200=success";

TEST(HttpVerdict, TheExpectedAnswerIsTheInternet) {
  EXPECT_EQ(judged(kEmpty, {204, "", ""}), HttpVerdict::Expected);
  EXPECT_EQ(judged(kWord, {200, "", "it is a success\n"}), HttpVerdict::Expected);
  EXPECT_EQ(judged("http://check.example/#302", {302, "http://elsewhere.example/", ""}),
            HttpVerdict::Expected);
}

TEST(HttpVerdict, SomebodyElsesAnswerIsAPortal) {
  EXPECT_EQ(judged(kEmpty, {302, "http://10.0.0.1/login", ""}), HttpVerdict::Portal);
  EXPECT_EQ(judged(kEmpty, {307, "https://portal.example:8443/?from=x", ""}), HttpVerdict::Portal);
  EXPECT_EQ(judged(kEmpty, {200, "", "<html>Welcome</html>"}), HttpVerdict::Portal);
  EXPECT_EQ(judged(kEmpty, {204, "", "hello"}), HttpVerdict::Portal);
  EXPECT_EQ(judged(kWord, {200, "", "<html>Welcome</html>"}), HttpVerdict::Portal);
  EXPECT_EQ(judged(kEmpty, {511, "", ""}), HttpVerdict::Portal);
  EXPECT_EQ(judged(kEmpty, {302, "http://check.example@10.0.0.1/", ""}), HttpVerdict::Portal);
}

TEST(HttpVerdict, AServerWithATroubleOfItsOwnIsNoPortal) {
  EXPECT_EQ(judged(kEmpty, {503, "", "busy"}), HttpVerdict::Wrong);
  EXPECT_EQ(judged(kEmpty, {404, "", ""}), HttpVerdict::Wrong);
  EXPECT_EQ(judged(kEmpty, {301, "https://CHECK.example/204", ""}), HttpVerdict::Wrong);
  EXPECT_EQ(judged(kEmpty, {302, "", ""}), HttpVerdict::Wrong);
}

TEST(PortalWords, NameWhereToLogIn) {
  EXPECT_THAT(portal_words(target(kEmpty), {302, "http://10.0.0.1/login", ""}),
              HasSubstr("log in at http://10.0.0.1/login"));
  EXPECT_THAT(portal_words(target(kEmpty), {200, "", "x"}), HasSubstr("http://check.example/"));
  // What comes from outside is bounded and cannot move a terminal's cursor.
  const auto words =
      portal_words(target(kEmpty), {302, "http://x/\x1b[2J\n" + std::string(5000, 'a'), ""});
  EXPECT_EQ(words.find('\x1b'), std::string::npos);
  EXPECT_EQ(words.find('\n'), std::string::npos);
  EXPECT_LT(words.size(), 400U);
}

TEST(PortalWatch, OneRightAnswerClearsTheOthers) {
  PortalWatch watch(2);
  EXPECT_FALSE(watch.knows());
  watch.heard(0, HttpVerdict::Portal);
  EXPECT_TRUE(watch.captive());
  watch.heard(1, HttpVerdict::Expected);
  EXPECT_FALSE(watch.captive());
  // Its last answer is too old when it does not answer any more.
  watch.lost(1);
  EXPECT_TRUE(watch.captive());
  watch.heard(0, HttpVerdict::Wrong);
  EXPECT_FALSE(watch.captive());
  EXPECT_FALSE(watch.knows());
}

}  // namespace
}  // namespace mwan::failover
