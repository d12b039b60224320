// The two tools of ChatGPT's connectors, over HTTP: their list, their result shapes, access.
#include "mcp/search_tools.h"

#include <fstream>

#include "server/rest_fixture.h"

namespace mbe {
namespace {

class SearchToolsTest : public RestTest {
 protected:
  HttpResponse send(const std::string& who, const std::string& method, Json params,
                    const std::string& target = "/mcp?tools=chatgpt") {
    params["_meta"] = {{"io.modelcontextprotocol/protocolVersion", "2026-07-28"},
                       {"io.modelcontextprotocol/clientCapabilities", Json::object()}};
    std::map<std::string, std::string> headers = {
        {"mcp-protocol-version", "2026-07-28"}, {"mcp-method", method}, {"accept", "*/*"}};
    if (params.contains("name")) headers["mcp-name"] = params["name"];
    return post(who, target,
                {{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}}, headers);
  }
  Json call(const std::string& who, const std::string& tool, const Json& arguments) {
    const HttpResponse out = send(who, "tools/call", {{"name", tool}, {"arguments", arguments}});
    EXPECT_EQ(out.status, 200U) << out.body;
    return Json::parse(out.body)["result"];
  }
  static std::vector<std::string> names(const HttpResponse& list) {
    std::vector<std::string> out;
    const Json answer = Json::parse(list.body);
    for (const Json& tool : answer["result"]["tools"]) out.push_back(tool["name"]);
    return out;
  }
};

TEST_F(SearchToolsTest, AreOfferedWhereTheyAreAskedForAlone) {
  const Json none = Json::object();
  EXPECT_EQ(names(send("mina", "tools/list", none)), (std::vector<std::string>{"search", "fetch"}));
  EXPECT_EQ(names(send("mina", "tools/list", none, "/mcp")).size(), 7U);
  EXPECT_EQ(send("mina", "tools/list", none, "/mcp?tools=other").status, 404U);
  EXPECT_EQ(send("", "tools/list", none).status, 401U);
}

TEST_F(SearchToolsTest, GiveResultsInTheirShapesTwice) {
  post("mina", "/v1/remember", {{"text", "나는 봄에 마라톤을 하고 싶다"}, {"speaker", "Mina"}});
  const Json found = call("mina", "search", {{"query", "마라톤"}});
  EXPECT_EQ(found["isError"], false);
  const Json& results = found["structuredContent"]["results"];
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0]["id"], "1");
  EXPECT_EQ(results[0]["url"], "http://localhost:7700/memory#1");
  EXPECT_TRUE(results[0]["title"].get<std::string>().ends_with("나는 봄에 마라톤을 하고 싶다"));
  ASSERT_EQ(found["content"].size(), 1U);
  EXPECT_EQ(Json::parse(found["content"][0]["text"].get<std::string>()),
            found["structuredContent"]);
  const Json got = call("mina", "fetch", {{"id", "1"}});
  const Json& one = got["structuredContent"];
  EXPECT_EQ(one["text"], "나는 봄에 마라톤을 하고 싶다");
  EXPECT_EQ(one["metadata"]["speaker"], "Mina");
  EXPECT_EQ(one["metadata"]["trust"], "owner");
  EXPECT_EQ(one["url"], results[0]["url"]);
  EXPECT_EQ(Json::parse(got["content"][0]["text"].get<std::string>()), one);
  EXPECT_TRUE(call("sol", "search", {{"query", "마라톤"}})["structuredContent"]["results"].empty());
}

TEST_F(SearchToolsTest, SayWhatIsWrong) {
  post("mina", "/v1/remember", {{"text", "a secret"}});
  for (const Json& wrong : std::vector<Json>{{{"id", "0"}},
                                             {{"id", "99"}},
                                             {{"id", "-1"}},
                                             {{"id", "1x"}},
                                             {{"id", 1}},
                                             {{"id", "1"}, {"more", 1}},
                                             Json::object(),
                                             Json::array()}) {
    const Json out = call("mina", "fetch", wrong);
    EXPECT_EQ(out["isError"], true) << wrong;
    EXPECT_FALSE(out.contains("structuredContent"));
  }
  EXPECT_EQ(call("mina", "search", {{"q", "x"}})["isError"], true);
  const HttpResponse other = send("mina", "tools/call", {{"name", "forget"}});
  EXPECT_EQ(Json::parse(other.body)["error"]["code"], -32602) << other.body;
}

TEST_F(SearchToolsTest, LeaveAccessWhereItIsDecided) {
  post("mina", "/v1/remember", {{"text", "a secret"}});
  const HttpResponse out =
      send("jun", "tools/call", {{"name", "fetch"}, {"arguments", {{"id", "1"}}}},
           "/mcp?tools=chatgpt&chain=main");
  const Json result = Json::parse(out.body)["result"];
  EXPECT_EQ(result["isError"], true);
  EXPECT_TRUE(result["content"][0]["text"].get<std::string>().starts_with("denied: "));
}

TEST_F(SearchToolsTest, AreReadFromASoundTableAlone) {
  const fs::path file = home_ / "tools.json";
  std::ofstream(file) << R"({"instructions": "", "tools": [{"name": "erase"}]})";
  EXPECT_EQ(mcp::SearchBook::load(file).error().code(), ErrorCode::corrupt);
  EXPECT_EQ(mcp::SearchBook::load(home_ / "none.json").error().code(), ErrorCode::io);
}

}  // namespace
}  // namespace mbe
