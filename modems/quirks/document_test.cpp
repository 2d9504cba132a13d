// SPDX-License-Identifier: LGPL-2.1-or-later
// docs/quirks.md and the tables agree.
#include "modems/quirks/table.hpp"
#include "tests/generated_document.hpp"

namespace mwan {
namespace {

TEST(QuirksDocument, SaysWhatTheTablesSay) {
  expect_document(MWAN_QUIRKS_DOCUMENT,
                  {{"quirk words", document_quirk_words()}, {"quirk rows", document_quirk_rows()}});
}

}  // namespace
}  // namespace mwan
