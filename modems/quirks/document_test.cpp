// SPDX-License-Identifier: LGPL-2.1-or-later
// docs/quirks.md and the tables agree. With MWAN_UPDATE_DOCS=1 in the environment the document is
// rewritten instead.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "modems/quirks/table.hpp"

namespace mwan {
namespace {

// The document with the part between a pair of markers replaced.
std::string with_part(const std::string& text, const std::string& name, const std::string& part) {
  const std::string begin = "<!-- " + name + ": generated -->\n";
  const std::string end = "<!-- " + name + ": end -->\n";
  const auto from = text.find(begin);
  const auto to = text.find(end);
  EXPECT_NE(from, std::string::npos) << begin;
  EXPECT_NE(to, std::string::npos) << end;
  if (from == std::string::npos || to == std::string::npos) return {};
  return text.substr(0, from + begin.size()) + part + text.substr(to);
}

TEST(QuirksDocument, SaysWhatTheTablesSay) {
  std::ifstream in(MWAN_QUIRKS_DOCUMENT);
  ASSERT_TRUE(in) << MWAN_QUIRKS_DOCUMENT;
  std::ostringstream old;
  old << in.rdbuf();
  auto text = with_part(old.str(), "quirk words", document_quirk_words());
  text = with_part(text, "quirk rows", document_quirk_rows());
  if (std::getenv("MWAN_UPDATE_DOCS") != nullptr && !text.empty()) {
    std::ofstream(MWAN_QUIRKS_DOCUMENT) << text;
    return;
  }
  EXPECT_EQ(old.str(), text) << "run this test with MWAN_UPDATE_DOCS=1 to rewrite the document";
}

}  // namespace
}  // namespace mwan
