"""The house rules catch what they are there for, and let the right form pass."""

from __future__ import annotations

import json
import tempfile
import unittest
from pathlib import Path

import check_layers
import check_snippets
import cpp_scan
import tidy_rules


def tree_of(files: dict[str, str], build: Path | None = None) -> tidy_rules.Tree:
    """A tree in a new folder; files: path → text."""
    root = Path(tempfile.mkdtemp())
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    tree = tidy_rules.Tree(root, build)
    tree.__dict__["files"] = sorted(files)
    return tree


def complaints(rule: object, files: dict[str, str]) -> list[str]:
    """What one rule says about the files."""
    return list(rule(tree_of(files)))  # type: ignore[operator]


class Budgets(unittest.TestCase):
    """Lines, files and functions."""

    def test_line_of_100_columns_passes_and_101_does_not(self) -> None:
        self.assertEqual(complaints(tidy_rules.long_lines, {"a.cpp": "x" * 100}), [])
        self.assertEqual(len(complaints(tidy_rules.long_lines, {"a.cpp": "x" * 101})), 1)

    def test_file_of_400_lines_passes_and_401_does_not(self) -> None:
        self.assertEqual(complaints(tidy_rules.long_files, {"a.h": "\n" * 400}), [])
        self.assertEqual(len(complaints(tidy_rules.long_files, {"a.h": "\n" * 401})), 1)
        self.assertEqual(len(complaints(tidy_rules.long_files, {"CMakeLists.txt": "\n" * 121})), 1)

    def test_function_of_60_lines_passes_and_61_does_not(self) -> None:
        for head in ("int f(int a) {", "Type::Type() : a_{1}, b_(2) {", "T g() const noexcept {"):
            code = "namespace x {\n" + head + "\n" * 59 + "}\n}\n"
            self.assertEqual(complaints(tidy_rules.long_functions, {"a.cpp": code}), [], head)
            code = code.replace(head, head + "\n")
            self.assertEqual(len(complaints(tidy_rules.long_functions, {"a.cpp": code})), 1, head)

    def test_class_of_many_lines_is_no_function(self) -> None:
        code = "class A final : public B {\n" + "\n" * 200 + "};\n"
        self.assertEqual(complaints(tidy_rules.long_functions, {"a.h": code}), [])

    def test_braces_in_literals_and_comments_do_not_count(self) -> None:
        code = "void f() {\n  // {\n  g(\"{\", '{', R\"({)\");\n}\n" + "\n" * 100 + "void g() {}\n"
        self.assertEqual([b.last_line for b in cpp_scan.functions(code)], [4, 105])

    def test_long_python_function_is_found(self) -> None:
        code = "def f():\n" + "    x = 1\n" * 60
        self.assertEqual(len(complaints(tidy_rules.long_functions, {"a.py": code})), 1)


class Finished(unittest.TestCase):
    """Nothing unfinished, everything explained and translated."""

    def test_unfinished_work_needs_an_issue(self) -> None:
        word = "TO" + "DO"
        self.assertEqual(len(complaints(tidy_rules.open_ends, {"a.cpp": f"// {word}: later"})), 1)
        self.assertEqual(complaints(tidy_rules.open_ends, {"a.cpp": f"// {word} #12: later"}), [])

    def test_header_needs_a_head_comment(self) -> None:
        self.assertEqual(len(complaints(tidy_rules.head_comments, {"a.h": "#pragma once\n"})), 1)
        self.assertEqual(complaints(tidy_rules.head_comments, {"a.h": "// What.\n"}), [])

    def test_public_function_needs_a_comment(self) -> None:
        bare = "namespace mbe {\n\nResult<int> open(int a);\n\n}\n"
        self.assertEqual([n for n, _ in cpp_scan.undocumented(bare)], [3])
        explained = bare.replace("Result", "/// Opens.\nResult")
        self.assertEqual(cpp_scan.undocumented(explained), [])

    def test_private_members_and_overrides_need_no_comment(self) -> None:
        code = ("class A {\n public:\n  A(int x);\n  int f(int) override;\n\n"
                "  int h(int,\n        int) override;\n\n"
                "  [[nodiscard]] int size() const { return size_; }\n\n"
                " private:\n  int g(int x);\n};\n")
        self.assertEqual(cpp_scan.undocumented(code), [])
        public = code.replace(" private:\n", "")
        self.assertEqual([line for _, line in cpp_scan.undocumented(public)], ["int g(int x);"])

    def test_message_needs_its_korean_row(self) -> None:
        source = 'auto e = fail(ErrorCode::io, "cannot read {}: "\n    "{}", path, why);\n'
        files = {"src/a.cpp": source, "data/messages/ko.tsv": "other\t다른\n"}
        self.assertEqual(len(complaints(tidy_rules.translated, files)), 1)
        files["data/messages/ko.tsv"] = "cannot read {}: {}\t{}을 읽을 수 없습니다: {}\n"
        self.assertEqual(complaints(tidy_rules.translated, files), [])

    def test_message_of_test_code_needs_no_korean_row(self) -> None:
        source = 'auto e = fail(ErrorCode::io, "refused");\n'
        for name in ("src/a_test.cpp", "src/a_contract.h", "src/oracle.h"):
            self.assertEqual(complaints(tidy_rules.translated, {name: source}), [])
        self.assertEqual(len(complaints(tidy_rules.translated, {"src/contract.h": source})), 1)

    def test_two_types_of_one_name_are_refused(self) -> None:
        named = "namespace mbe {\n\nstruct Row {\n  int a;\n};\n\n}  // namespace mbe\n"
        files = {"src/a.h": named, "src/b.h": named}
        self.assertEqual(complaints(tidy_rules.one_definition, files),
                         ["src/b.h:3: mbe::Row is also defined at src/a.h:3"])

    def test_types_of_one_file_another_namespace_or_a_mere_name_pass(self) -> None:
        named = "namespace mbe {{\n\n{}struct Row {{\n}};\n{}\n}}  // namespace mbe\n"
        files = {"src/a.h": named.format("", ""),
                 "src/b.cpp": named.format("namespace {\n\n", "\n}  // namespace\n"),
                 "src/c.h": named.format("", "").replace("mbe", "mbe::mcp"),
                 "src/d.h": "namespace mbe {\n\nstruct Row;\n\n}  // namespace mbe\n",
                 "src/e.cpp": "namespace mbe {\n\nstruct Door::Row {\n};\n\n}  // namespace mbe\n"}
        self.assertEqual(complaints(tidy_rules.one_definition, files), [])

    def test_source_must_be_built(self) -> None:
        tree = tree_of(dict.fromkeys(("src/a.cpp", "src/b.cpp", "src/b_fuzz.cpp"), ""))
        commands = [{"file": str(tree.root / "src/a.cpp")}]
        (tree.root / "compile_commands.json").write_text(json.dumps(commands), encoding="utf-8")
        tree.build = tree.root
        self.assertEqual(list(tidy_rules.built(tree)), ["src/b.cpp: not built"])


class Layers(unittest.TestCase):
    """Only lower ranks are included."""

    ranks = check_layers.read_ranks("# r f\n0 base\n1 fs\n2 store\n3 store/local\n3 index\n")

    def check(self, path: str, include: str) -> list[str]:
        """Complaints about one file with one include."""
        return check_layers.complaints({path: f'#include "{include}"\n'}, self.ranks)

    def test_lower_ranks_and_the_own_folder_may_be_included(self) -> None:
        self.assertEqual(self.check("store/a.cpp", "base/result.h"), [])
        self.assertEqual(self.check("store/local/a.cpp", "store/local/b.h"), [])
        self.assertEqual(self.check("store/local/a.cpp", "store/chain.h"), [])

    def test_equal_and_higher_ranks_may_not(self) -> None:
        self.assertEqual(len(self.check("fs/a.cpp", "store/chain.h")), 1)
        self.assertEqual(len(self.check("index/a.cpp", "store/local/b.h")), 1)
        self.assertEqual(len(self.check("store/a.cpp", "store/local/b.h")), 1)

    def test_folder_without_a_rank_is_found(self) -> None:
        self.assertEqual(len(self.check("new/a.cpp", "base/result.h")), 1)


class Snippets(unittest.TestCase):
    """Examples equal their source."""

    source = "int main() {\n  // [call]\n  run(1);\n  // [/call]\n}\n"

    def check(self, example: str, mark: str) -> list[str]:
        """Complaints about a document with one example."""
        root = tree_of({"examples/a.cpp": self.source}).root
        return check_snippets.complaints(f"{mark}```cpp\n{example}```\n", "README.md", root)

    def test_example_that_equals_its_piece_passes(self) -> None:
        self.assertEqual(self.check("run(1);\n", "<!-- snippet: examples/a.cpp#call -->\n"), [])

    def test_other_example_is_found(self) -> None:
        mark = "<!-- snippet: examples/a.cpp#call -->\n"
        self.assertEqual(len(self.check("run(2);\n", mark)), 1)
        self.assertEqual(len(self.check("run(1);\n", mark.replace("call", "none"))), 1)
        self.assertEqual(len(self.check("run(1);\n", mark.replace("a.cpp", "b.cpp"))), 1)
        self.assertEqual(len(self.check("run(1);\n", "")), 1)


if __name__ == "__main__":
    unittest.main()
