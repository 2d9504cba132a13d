// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/mwan-modem/net/dns_query.hpp"

#include <gtest/gtest.h>

namespace mwan::tool {
namespace {

using Bytes = std::vector<std::uint8_t>;

TEST(DnsQuery, IsAsRfc1035SaysIt) {
  const Bytes query = encode_dns_query(0xabcd, "a.bc");
  EXPECT_EQ(query,
            (Bytes{0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 2, 'b', 'c', 0, 0, 1, 0, 1}));
}

TEST(DnsQuery, RefusesNamesThatCannotBeAsked) {
  EXPECT_TRUE(encode_dns_query(1, "").empty());
  EXPECT_TRUE(encode_dns_query(1, ".").empty());
  EXPECT_TRUE(encode_dns_query(1, "a..b").empty());
  EXPECT_TRUE(encode_dns_query(1, std::string(64, 'a')).empty());
  EXPECT_TRUE(encode_dns_query(1, std::string(300, 'a')).empty());
  EXPECT_FALSE(encode_dns_query(1, std::string(63, 'a')).empty());
}

Bytes answer_to(Bytes query, std::uint8_t code) {
  query[2] |= 0x80U;
  query[3] = code;
  return query;
}

TEST(DnsAnswer, TellsTheCode) {
  const Bytes query = encode_dns_query(7, "example.com");
  EXPECT_EQ(parse_dns_answer(answer_to(query, 0), query), (DnsAnswer{0, 0}));
  EXPECT_EQ(parse_dns_answer(answer_to(query, 3), query), (DnsAnswer{3, 0}));
  Bytes with_answer = answer_to(query, 0);
  with_answer[7] = 2;
  with_answer.insert(with_answer.end(), 40, 0);
  EXPECT_EQ(parse_dns_answer(with_answer, query), (DnsAnswer{0, 2}));
  EXPECT_EQ(dns_code_name(5), "REFUSED");
  EXPECT_EQ(dns_code_name(17), "code 17");
}

TEST(DnsAnswer, WhatIsNotTheAnswerToThisQueryIsNothing) {
  const Bytes query = encode_dns_query(7, "example.com");
  const Bytes good = answer_to(query, 0);
  EXPECT_FALSE(parse_dns_answer(query, query)) << "the query itself";
  Bytes other_id = good;
  ++other_id[1];
  EXPECT_FALSE(parse_dns_answer(other_id, query));
  Bytes other_name = good;
  ++other_name[13];
  EXPECT_FALSE(parse_dns_answer(other_name, query));
  Bytes other_opcode = good;
  other_opcode[2] |= 0x08U;
  EXPECT_FALSE(parse_dns_answer(other_opcode, query));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(parse_dns_answer(std::span(good).first(size), query)) << size;
  }
  Bytes no_question = good;
  no_question[5] = 0;
  no_question.resize(12);
  EXPECT_TRUE(parse_dns_answer(no_question, query)) << "a refusal may leave the question out";
}

}  // namespace
}  // namespace mwan::tool
