// SPDX-License-Identifier: LGPL-2.1-or-later
#include "failover/control/request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "failover/control/answer.hpp"

namespace mwan::failover::control {
namespace {

TEST(ControlRequest, EveryOneRoundTrips) {
  for (const Request& request :
       {Request{.verb = Verb::Status}, Request{.verb = Verb::Failover},
        Request{.verb = Verb::Failover, .link = "lte-1.b_2"}, Request{.verb = Verb::Failback},
        Request{.verb = Verb::Pause}, Request{.verb = Verb::Resume}, Request{.verb = Verb::Look},
        Request{.verb = Verb::Reload}, Request{.verb = Verb::RedUp}, Request{.verb = Verb::RedDown},
        Request{.verb = Verb::Maintenance, .link = "wired", .on = true},
        Request{.verb = Verb::Maintenance, .link = "wired", .on = false}}) {
    const auto out = parse_request(encode_request(request));
    ASSERT_TRUE(out) << out.error().field << ": " << out.error().message;
    EXPECT_EQ(*out, request);
  }
}

struct Bad {
  const char* text;
  const char* field;
};

TEST(ControlRequest, WhatIsWrongIsNamed) {
  for (const auto& [text, field] : {
           Bad{"", ""},
           Bad{"[]", ""},
           Bad{"{}", "version"},
           Bad{R"({"command":"pause"})", "version"},
           Bad{R"({"version":2,"command":"pause"})", "version"},
           Bad{R"({"version":"1","command":"pause"})", "version"},
           Bad{R"({"version":1.0,"command":"pause"})", "version"},
           Bad{R"({"version":1})", "command"},
           Bad{R"({"version":1,"command":3})", "command"},
           Bad{R"({"version":1,"command":"reboot"})", "command"},
           Bad{R"({"version":1,"command":"failover","link":""})", "link"},
           Bad{R"({"version":1,"command":"failover","link":"a b"})", "link"},
           Bad{R"({"version":1,"command":"failover","link":"../x"})", "link"},
           Bad{R"({"version":1,"command":"failover","link":["lte"]})", "link"},
           Bad{R"({"version":1,"command":"failover","link":null})", "link"},
           Bad{R"({"version":1,"command":"failover","link":"123456789012345678901234567890123"})",
               "link"},
           Bad{R"({"version":1,"command":"maintenance","on":true})", "link"},
           Bad{R"({"version":1,"command":"maintenance","link":"lte"})", "on"},
           Bad{R"({"version":1,"command":"maintenance","link":"lte","on":1})", "on"},
           Bad{R"({"version":1,"command":"failover","lnik":"lte"})", ""},
           Bad{R"({"version":1,"command":"pause","link":"lte"})", ""},
           Bad{R"({"version":1,"command":"pause"} x)", ""},
           Bad{R"({"version":1,"command":{"a":{"b":{"c":{"d":{"e":1}}}}}})", ""},
           Bad{R"({"version":1e999,"command":"pause"})", ""},
       }) {
    const auto out = parse_request(text);
    ASSERT_FALSE(out) << text;
    EXPECT_EQ(out.error().field, field) << text;
    EXPECT_FALSE(out.error().message.empty()) << text;
  }
  EXPECT_THAT(parse_request(std::string(5000, ' ')).error().message,
              testing::HasSubstr("longer than 4096"));
}

TEST(ControlAnswer, RoundTrips) {
  for (const Answer& answer :
       {Answer{}, Answer{.words = "lte takes over"},
        Answer{.kind = Kind::BadRequest, .words = "expected a name", .field = "link"},
        Answer{.kind = Kind::NotPermitted, .words = "no"},
        Answer{.kind = Kind::Refused, .words = "dead"},
        Answer{.status = {{"links", nlohmann::ordered_json::array()}}}}) {
    EXPECT_EQ(parse_answer(encode_answer(answer)), answer) << encode_answer(answer);
  }
}

TEST(ControlAnswer, WhatIsNoneIsSaid) {
  for (const char* text :
       {"", "[]", "{}", R"({"version":1})", R"({"version":1,"ok":false})",
        R"({"version":1,"ok":false,"error":{"kind":"done"}})", R"({"version":7,"ok":true})"}) {
    const Answer out = parse_answer(text);
    EXPECT_EQ(out.kind, Kind::BadRequest) << text;
    EXPECT_THAT(out.words, testing::HasSubstr("not understood")) << text;
  }
}

}  // namespace
}  // namespace mwan::failover::control
