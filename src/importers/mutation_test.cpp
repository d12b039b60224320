// Damaged exports: whatever was done to a file, reading it ends, and every message whose own bytes
// are whole comes out. 500 files in the regular tests, $MBE_MUTATIONS in the full programme.
#include <cstdlib>

#include "base/random.h"
#include "importers/importers_fixture.h"
#include "importers/json_reader.h"

namespace mbe::importers {
namespace {

/// A message as it stands in a file.
struct Record {
  std::string raw, text;
};

struct Sample {
  Format format;
  std::string name, file;
  std::vector<Record> records;
  bool by_lines = true;  ///< a record is whole where its lines are
};

constexpr int messages = 40;

std::string words(int i) {
  return "말 " + std::to_string(i) + " number " + std::to_string(i * 7'919) + "번";
}

Sample kakao_windows(bool english) {
  Sample out{
      Format::kakaotalk, "talk.txt", "미나 님과 카카오톡 대화\n저장한 날짜 : 2026-10-02\n\n", {}};
  for (int i = 0; i < messages; ++i) {
    if (i % 10 == 0) {
      out.file += english ? "--------------- Thursday, October 1, 2026 ---------------\n"
                          : "--------------- 2026년 10월 1일 목요일 ---------------\n";
    }
    std::string text = words(i);
    if (i % 7 == 0) text += "\n둘째 줄 " + std::to_string(i);
    const std::string time = english ? "3:15 PM" : "오후 3:15";
    out.records.push_back({"[미나] [" + time + "] " + text + "\n", text});
    out.file += out.records.back().raw;
  }
  return out;
}

Sample kakao_phone() {
  Sample out{Format::kakaotalk, "talk.txt", "가족 4 카카오톡 대화\n\n\n", {}};
  for (int i = 0; i < messages; ++i) {
    const std::string text = words(i);
    const std::string time = i % 2 == 0 ? "2026년 10월 1일 오후 3:15" : "2026. 10. 1. 오전 9:01";
    out.records.push_back({time + ", 하늘 : " + text + "\n", text});
    out.file += out.records.back().raw;
  }
  return out;
}

Sample kakao_table() {
  Sample out{Format::kakaotalk, "KakaoTalk_Chat_x.csv", "Date,User,Message\n", {}};
  for (int i = 0; i < messages; ++i) {
    std::string text = words(i);
    if (i % 6 == 0) text += "\n둘째, 줄";
    out.records.push_back({"2026-02-06 00:00:58,\"미나\",\"" + text + "\"\n", text});
    out.file += out.records.back().raw;
  }
  return out;
}

Sample json_sample(Format format) {
  Sample out{format, "conversations.json", "", {}, false};
  Json list = Json::array();
  for (int c = 0; c < 4; ++c) {
    Json messages_of = Json::object();
    Json in_order = Json::array();
    std::string before;
    for (int i = c * 10; i < c * 10 + 10; ++i) {
      const std::string id = "id" + std::to_string(i);
      Json message;
      if (format == Format::chatgpt) {
        message = {{"id", id},
                   {"author", {{"role", "user"}}},
                   {"create_time", 1'760'000'000 + i},
                   {"content", {{"content_type", "text"}, {"parts", {words(i)}}}}};
        messages_of[id] = {{"parent", before}, {"message", message}};
      } else if (format == Format::claude) {
        message = {{"uuid", id}, {"sender", "human"}, {"text", words(i)}};
      } else if (format == Format::open_webui) {
        message = {{"id", id},
                   {"parentId", before.empty() ? Json() : Json(before)},
                   {"role", "user"},
                   {"content", words(i)}};
        messages_of[id] = message;
      } else {
        message = {{"id", id}, {"memory", words(i)}};
      }
      out.records.push_back({message.dump(), words(i)});
      in_order.push_back(message);
      before = id;
    }
    if (format == Format::chatgpt) {
      list.push_back({{"title", "a"}, {"mapping", messages_of}, {"current_node", before}});
    } else if (format == Format::claude) {
      list.push_back({{"uuid", "c"}, {"name", "a"}, {"chat_messages", in_order}});
    } else if (format == Format::open_webui) {
      list.push_back({{"chat", {{"history", {{"messages", messages_of}, {"currentId", before}}}}}});
    } else {
      for (const Json& one : in_order) list.push_back(one);
    }
  }
  out.file = list.dump();
  return out;
}

Sample line_sample(Format format) {
  Sample out{format, "a", "", {}};
  for (int i = 0; i < messages; ++i) {
    std::string raw = words(i);
    if (format == Format::jsonl) {
      raw = Json{{"id", i}, {"namespace", "main"}, {"text", words(i)}}.dump();
    } else if (format == Format::mcp_memory) {
      raw = Json{{"type", "entity"}, {"name", "a"}, {"observations", {words(i)}}}.dump();
    }
    out.records.push_back({raw + "\n", words(i)});
    out.file += raw + "\n";
  }
  return out;
}

Sample notes() {
  Sample out{Format::markdown, "a.md", "---\ntitle: a\n---\n", {}};
  for (int i = 0; i < messages; ++i) {
    out.records.push_back({words(i) + "\n", words(i)});
    out.file += (i % 5 == 0 ? "\n# 제목 " + std::to_string(i) + "\n" : "") + words(i) + "\n";
  }
  return out;
}

std::vector<Sample> samples() {
  std::vector<Sample> out = {kakao_windows(false), kakao_windows(true), kakao_phone(),
                             kakao_table(), notes()};
  for (const Format format : {Format::chatgpt, Format::claude, Format::open_webui, Format::mem0}) {
    out.push_back(json_sample(format));
  }
  for (const Format format : {Format::jsonl, Format::text, Format::mcp_memory}) {
    out.push_back(line_sample(format));
  }
  return out;
}

void mutate(std::string& text, SeededRandom& random) {
  if (text.empty()) return;
  const std::size_t at = random.below(text.size());
  const std::size_t length = std::min<std::size_t>(1 + random.below(120), text.size() - at);
  constexpr std::string_view signs = "\"'{}[],:\\\n\r-#0\t ";
  switch (random.below(8)) {
    case 0:
      text[at] = static_cast<char>(text[at] ^ (1 << random.below(8)));
      break;
    case 1:
      text[at] = static_cast<char>(random.below(256));
      break;
    case 2:
      text.erase(at, length);
      break;
    case 3:
      for (std::size_t i = 0; i < length; ++i) {
        text.insert(text.begin() + static_cast<std::ptrdiff_t>(at),
                    static_cast<char>(random.below(256)));
      }
      break;
    case 4:
      text.insert(random.below(text.size()), text.substr(at, length));
      break;
    case 5:
      text.insert(at, 1, signs[random.below(signs.size())]);
      break;
    case 6:
      if (random.below(4) == 0) text.resize(at);
      break;
    default:
      text.erase(at, 1);
  }
}

/// Whether the bytes of a record stand in the file as they were.
bool is_whole(const Record& record, const Sample& sample, const std::string& file) {
  if (!sample.by_lines) return file.find(record.raw) != std::string::npos;
  return file.starts_with(record.raw) || file.find("\n" + record.raw) != std::string::npos;
}

bool came_out(const Record& record, const ReadAll& all) {
  return std::ranges::any_of(all.items, [&](const ImportItem& item) {
    return item.text.find(record.text) != std::string::npos;
  });
}

int mutations() {
  const char* wish = std::getenv("MBE_MUTATIONS");
  return wish == nullptr ? 500 : std::atoi(wish);
}

TEST(DamagedExports, LoseNoMessageThatIsWhole) {
  const std::vector<Sample> all_samples = samples();
  std::size_t whole = 0;
  std::size_t damaged = 0;
  const int count = mutations();
  for (int i = 0; i < count; ++i) {
    const Sample& sample = all_samples[static_cast<std::size_t>(i) % all_samples.size()];
    SeededRandom random(static_cast<std::uint64_t>(i));
    std::string file = sample.file;
    for (std::uint64_t n = 1 + random.below(6); n > 0; --n) mutate(file, random);
    Settings settings = seoul();
    settings.name = sample.name;
    (void)read_all(file, settings);  // whatever it is taken for
    settings.format = sample.format;
    const ReadAll read = read_all(file, settings);
    for (const Record& record : sample.records) {
      if (!is_whole(record, sample, file)) {
        ++damaged;
        continue;
      }
      ++whole;
      ASSERT_TRUE(came_out(record, read))
          << "seed " << i << ", " << format_name(sample.format) << ": " << record.raw << "\n"
          << file;
    }
  }
  EXPECT_GT(whole, damaged);
  EXPECT_GT(damaged, static_cast<std::size_t>(count)) << "each file loses a message or two";
}

TEST(DamagedExports, AreWholeBeforeTheyAreDamaged) {
  for (const Sample& sample : samples()) {
    Settings settings = seoul();
    settings.name = sample.name;
    settings.format = sample.format;
    const ReadAll read = read_all(sample.file, settings);
    EXPECT_TRUE(read.unreadable.empty()) << format_name(sample.format);
    for (const Record& record : sample.records) {
      EXPECT_TRUE(is_whole(record, sample, sample.file)) << record.raw;
      EXPECT_TRUE(came_out(record, read)) << record.raw;
    }
  }
}

}  // namespace
}  // namespace mbe::importers
