// Files of a memory tool over a real memory: each command, what it refuses, what stays in the log.
#include "operations/memory_files.h"

#include "engine/engine_fixture.h"

namespace mbe {
namespace {

class MemoryFilesTest : public EngineTest {
 protected:
  FileAnswer run(const std::string& name, const Json& arguments) {
    Call call{.engine = *engine_,
              .memory = memory_,
              .chain = "main",
              .messages = messages_,
              .writer = "bot",
              .trust = "agent"};
    const auto out = find_operation(name)->run(call, arguments);
    EXPECT_TRUE(out.ok()) << out.error().message();
    return out.ok() ? FileAnswer{(*out)["content"], (*out)["is_error"]} : FileAnswer{};
  }
  ErrorCode refused(const std::string& name, const Json& arguments) {
    Call call{.engine = *engine_, .memory = memory_, .chain = "main", .messages = messages_};
    const auto out = find_operation(name)->run(call, arguments);
    EXPECT_FALSE(out.ok()) << arguments;
    return out.ok() ? ErrorCode::io : out.error().code();
  }
  FileAnswer create(const std::string& path, const std::string& text) {
    return run("file_edit", {{"command", "create"}, {"path", path}, {"file_text", text}});
  }
  FileAnswer replace(const std::string& path, const std::string& from, const std::string& to) {
    return run("file_edit",
               {{"command", "str_replace"}, {"path", path}, {"old_str", from}, {"new_str", to}});
  }
  FileAnswer rename(const std::string& from, const std::string& to) {
    return run("file_edit", {{"command", "rename"}, {"old_path", from}, {"new_path", to}});
  }
  FileAnswer remove(const std::string& path) {
    return run("file_edit", {{"command", "delete"}, {"path", path}});
  }
  FileAnswer view(const std::string& path) { return run("file_view", {{"path", path}}); }
  bool shows(const std::string& path, const std::string& text) {
    return view(path).content.find(text) != std::string::npos;
  }

  Catalog messages_;
};

TEST_F(MemoryFilesTest, CreatesAFileThatIsRecalled) {
  EXPECT_EQ(create("/memories/trip.md", "Mina wants to see the heron\n").content,
            "File created successfully at: /memories/trip.md");
  EXPECT_EQ(view("/memories/trip.md").content,
            "Here's the content of /memories/trip.md with line numbers:\n"
            "     1\tMina wants to see the heron");
  const auto found = memory_->recall({.cue = "heron", .threshold = false});
  ASSERT_EQ(found->hits.size(), 1U);
  const BlockView& block = found->hits[0].block;
  EXPECT_EQ(block.trust, "tool");
  EXPECT_EQ(block.writer, "bot");
  EXPECT_EQ(block.channel, "file");
  EXPECT_EQ(block.source, "file:/memories/trip.md");
}

TEST_F(MemoryFilesTest, RefusesToCreateOverWhatIsThere) {
  create("/memories/a/b.md", "x");
  for (const char* taken : {"/memories/a/b.md", "/memories/a", "/memories"}) {
    const FileAnswer out = create(taken, "y");
    EXPECT_TRUE(out.is_error);
    EXPECT_EQ(out.content, std::string("Error: File ") + taken + " already exists");
  }
  EXPECT_EQ(create("/memories/a/b.md/c.md", "y").content,
            "Error: /memories/a/b.md is a file, not a directory");
  EXPECT_TRUE(shows("/memories/a/b.md", "\tx"));
}

TEST_F(MemoryFilesTest, ReplacesATextThatStandsThereOnce) {
  create("/memories/a.md", "blue\ngreen\nblue\n");
  EXPECT_EQ(replace("/memories/a.md", "green", "red").content,
            "The memory file has been edited. Here is the snippet showing the change (with line "
            "numbers):\n     1\tblue\n     2\tred\n     3\tblue");
  EXPECT_EQ(replace("/memories/a.md", "blue", "red").content,
            "No replacement was performed. Multiple occurrences of old_str `blue` in lines: 1, 3. "
            "Please ensure it is unique");
  EXPECT_EQ(replace("/memories/a.md", "green", "red").content,
            "No replacement was performed, old_str `green` did not appear verbatim in "
            "/memories/a.md.");
  EXPECT_EQ(replace("/memories/b.md", "x", "y").content,
            "Error: The path /memories/b.md does not exist. Please provide a valid path.");
  EXPECT_TRUE(shows("/memories/a.md", "2\tred"));
}

TEST_F(MemoryFilesTest, InsertsAfterALine) {
  create("/memories/a.md", "one\ntwo\n");
  const auto insert = [&](const std::string& path, int line) {
    return run("file_edit", {{"command", "insert"},
                             {"path", path},
                             {"insert_line", line},
                             {"insert_text", "between\n"}});
  };
  EXPECT_EQ(insert("/memories/a.md", 1).content, "The file /memories/a.md has been edited.");
  EXPECT_TRUE(shows("/memories/a.md", "2\tbetween\n     3\ttwo"));
  EXPECT_EQ(insert("/memories/a.md", 9).content,
            "Error: Invalid `insert_line` parameter: 9. It should be within the range of lines of "
            "the file: [0, 3]");
  EXPECT_EQ(insert("/memories/b.md", 0).content, "Error: The path /memories/b.md does not exist");
}

TEST_F(MemoryFilesTest, HidesWhatIsDeletedAndKeepsItsHistory) {
  create("/memories/a/b.md", "the first heron");
  replace("/memories/a/b.md", "first", "second");
  create("/memories/a/c.md", "another");
  create("/memories/d.md", "stays");
  EXPECT_EQ(remove("/memories/a").content, "Successfully deleted /memories/a");
  EXPECT_EQ(view("/memories/a/b.md").content,
            "The path /memories/a/b.md does not exist. Please provide a valid path.");
  EXPECT_TRUE(shows("/memories", "/memories/d.md"));
  for (const std::uint64_t version : {1U, 2U}) EXPECT_FALSE(contains(recall("heron"), version));
  EXPECT_EQ(memory_->show(1)->context, "the first heron");
  EXPECT_TRUE(memory_->show(2)->hidden);
  EXPECT_EQ(remove("/memories/a").content, "Error: The path /memories/a does not exist");
  EXPECT_TRUE(remove("/memories").is_error);
  // A file of that name begins anew; who erases names where the versions come from.
  create("/memories/a/b.md", "a new one");
  EXPECT_TRUE(shows("/memories/a/b.md", "a new one"));
  ForgetTarget target;
  target.filter.sources = {MemoryFiles::source_of("/memories/a/b.md")};
  target.filter.include_hidden = target.filter.include_superseded = true;
  const auto preview = memory_->forget_preview(target);
  ASSERT_TRUE(preview.ok());
  EXPECT_EQ(preview->targets.size(), 3U);
  ASSERT_TRUE(memory_->forget(target, preview->count()).ok());
  EXPECT_EQ(memory_->show(1)->state, "erased");
}

TEST_F(MemoryFilesTest, RenamesFilesAndFolders) {
  create("/memories/a/b.md", "one");
  create("/memories/a/c/d.md", "two");
  create("/memories/e.md", "three");
  EXPECT_EQ(rename("/memories/a", "/memories/z").content,
            "Successfully renamed /memories/a to /memories/z");
  EXPECT_TRUE(shows("/memories/z/c/d.md", "\ttwo"));
  EXPECT_TRUE(view("/memories/a").is_error);
  EXPECT_EQ(rename("/memories/e.md", "/memories/z/b.md").content,
            "Error: The destination /memories/z/b.md already exists");
  EXPECT_EQ(rename("/memories/x", "/memories/y").content,
            "Error: The path /memories/x does not exist");
  EXPECT_TRUE(rename("/memories/z", "/memories/z/inside").is_error);
  EXPECT_TRUE(rename("/memories", "/memories/all").is_error);
  EXPECT_TRUE(rename("/memories/z/b.md", "/memories/e.md/b.md").is_error);
  const auto history = memory_->history(1);
  EXPECT_EQ(history->size(), 2U);
}

TEST_F(MemoryFilesTest, KeepsFilesWithoutWords) {
  create("/memories/empty.md", "");
  create("/memories/blank.md", " \n\n");
  EXPECT_EQ(view("/memories/empty.md").content,
            "Here's the content of /memories/empty.md with line numbers:");
  EXPECT_TRUE(shows("/memories/blank.md", "     1\t \n     2\t"));
  EXPECT_TRUE(shows("/memories", "0\t/memories/empty.md"));
}

TEST_F(MemoryFilesTest, AreNotMergedHoweverAlike) {
  create("/memories/a.md", "Mina likes the river Han");
  create("/memories/b.md", "Mina likes the river Han");
  EXPECT_TRUE(memory_->merge_similar({})->empty());
  EXPECT_TRUE(shows("/memories/a.md", "river"));
}

TEST_F(MemoryFilesTest, RefusesPathsThatLeadOutAndFilesThatAreTooLarge) {
  for (const char* wrong : {"/etc/passwd", "/memories/../x", "../memories"}) {
    EXPECT_EQ(refused("file_view", {{"path", wrong}}), ErrorCode::invalid_argument);
    EXPECT_EQ(refused("file_edit", {{"command", "delete"}, {"path", wrong}}),
              ErrorCode::invalid_argument);
    EXPECT_EQ(refused("file_edit",
                      {{"command", "rename"}, {"old_path", "/memories/a"}, {"new_path", wrong}}),
              ErrorCode::invalid_argument);
  }
  EXPECT_EQ(refused("file_edit", {{"command", "create"},
                                  {"path", "/memories/a"},
                                  {"file_text", std::string(file_bytes_max + 1, 'x')}}),
            ErrorCode::limit);
  EXPECT_EQ(refused("file_edit", {{"command", "chmod"}, {"path", "/memories/a"}}),
            ErrorCode::invalid_argument);
  EXPECT_TRUE(create("/memories/a", std::string(file_bytes_max, 'x')).content.starts_with("File"));
}

TEST_F(MemoryFilesTest, LeavesOtherMemoriesAlone) {
  remember("not a file");
  ASSERT_TRUE(memory_->remember({.text = "x", .source = "file:/memories/fake.md"}).ok());
  EXPECT_TRUE(view("/memories/fake.md").is_error);
  EXPECT_FALSE(shows("/memories", "fake"));
}

}  // namespace
}  // namespace mbe
