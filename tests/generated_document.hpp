// SPDX-License-Identifier: LGPL-2.1-or-later
// A document of which parts are made by the program, between the lines "<!-- NAME: generated -->"
// and "<!-- NAME: end -->": it must say what the program says. With MWAN_UPDATE_DOCS=1 in the
// environment it is rewritten instead.
#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace mwan {

struct GeneratedPart {
  std::string name;
  std::string text;
};

inline void expect_document(const std::string& path, const std::vector<GeneratedPart>& parts) {
  std::ifstream in(path);
  ASSERT_TRUE(in) << path;
  std::ostringstream old;
  old << in.rdbuf();
  std::string text = old.str();
  for (const GeneratedPart& part : parts) {
    const std::string begin = "<!-- " + part.name + ": generated -->\n";
    const std::string end = "<!-- " + part.name + ": end -->\n";
    const auto from = text.find(begin);
    const auto to = text.find(end);
    ASSERT_NE(from, std::string::npos) << begin;
    ASSERT_NE(to, std::string::npos) << end;
    text = text.substr(0, from + begin.size()) + part.text + text.substr(to);
  }
  if (std::getenv("MWAN_UPDATE_DOCS") != nullptr) {
    std::ofstream(path) << text;
    return;
  }
  EXPECT_EQ(old.str(), text) << "run this test with MWAN_UPDATE_DOCS=1 to rewrite the document";
}

}  // namespace mwan
