#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "asked.h"

static const struct {
	const char *what, *base, *head, *agent, *said;
} parts[] = {
	/* secrets; put together by the shell, so that none stands here */
	{ "an added secret", ":",
	  "k=AKIA; echo \"let key = \\\"${k}QYLPMN5HNOPQ4X7Z\\\"\" >A.swift",
	  "security-agent", "critical A.swift:1 aws-access-key\n" },
	{ "a secret that was there",
	  "k=AKIA; echo \"let key = \\\"${k}QYLPMN5HNOPQ4X7Z\\\"\" >A.swift",
	  "echo 'let a = 1' >>A.swift", "security-agent", "" },

	/* documentation */
	{ "public API without documentation", ":",
	  "printf 'public struct A {\\n    public func b() {\\n    }\\n}\\n' "
	  ">A.swift",
	  "documentation-agent", "info A.swift:1 doc-missing\n" },
	{ "documented, internal, private and overriding ones", ":",
	  "printf '/// An a.\\npublic class A: B {\\n    func c() {\\n    }\\n"
	  "    public override func d() {\\n    }\\n}\\n' >A.swift",
	  "documentation-agent", "" },
	{ "what a protocol requires is explained there", ":",
	  "printf '/// P.\npublic protocol P {\n    /// G.\n    func g()\n}\n"
	  "/// A.\npublic class A: P {\n    public func g() {\n    }\n"
	  "    public func hash(into h: inout Hasher) {\n    }\n"
	  "    public func picker(_ picker: Picker, didPick a: Int) {\n    }\n"
	  "    @objc public func bridged() {\n    }\n}\n"
	  "extension A: Q {\n    public func q() {\n    }\n}\n' >A.swift",
	  "documentation-agent", "" },
	{ "what no protocol requires is not", ":",
	  "printf '/// A.\npublic class A: P {\n    public func g() {\n    }\n}"
	  "\nextension A {\n    public func q() {\n    }\n}\n' >A.swift",
	  "documentation-agent", "info A.swift:3 doc-missing\n" },
	{ "an app's Kotlin is public by itself", ":",
	  "printf 'class A {\\n    fun b() {\\n    }\\n}\\n' >A.kt",
	  "documentation-agent", "" },
	{ "so is Java", ":",
	  "printf 'public class A {\\n    public void b() {\\n    }\\n}\\n' "
	  ">A.java",
	  "documentation-agent", "" },
	{ "unless its neighbours are documented", ":",
	  "{ echo '/** A. */'; echo 'public class A {'; for i in 1 2 3; do "
	  "printf '    /** F. */\\n    public void f%s() {\\n    }\\n' $i; "
	  "done; "
	  "printf '    public void g() {\\n    }\\n    @Override\\n"
	  "    public void h() {\\n    }\\n}\\n'; } >A.java",
	  "documentation-agent", "info A.java:12 doc-missing\n" },
	{ "tests need no documentation", ":",
	  "mkdir ATests; printf 'public class A {\\n}\\n' >ATests/ATests.swift",
	  "documentation-agent", "" },
	{ "a parameter that is gone",
	  "printf '/**\\n * @param old what\\n */\\nvoid f(int old) {\\n}\\n' |"
	  " sed '1i class A {' | sed '$a }' >A.java",
	  "sed -i 's/int old/int now/' A.java", "documentation-agent",
	  "minor A.java:5 doc-stale-parameter\n" },
	{ "a new one, where the others are explained",
	  "printf 'class A {\n/**\n * Does f.\n * @param old what\n */\n"
	  "void f(int old) {\n}\n}\n' >A.java",
	  "sed -i 's/int old/int old, Map<String, Integer> extra/' A.java",
	  "documentation-agent", "minor A.java:6 doc-new-parameter\n" },
	{ "a new one that is explained in other words",
	  "printf 'class A {\n/**\n * Does f with extra care.\n"
	  " * @param old what\n */\nvoid f(int old) {\n}\n}\n' >A.java",
	  "sed -i 's/int old/int old, int extra/' A.java",
	  "documentation-agent", "" },
	{ "a new one where not all were explained",
	  "printf 'class A {\n/**\n * @param old what\n */\n"
	  "void f(int old, int b) {\n}\n}\n' >A.java",
	  "sed -i 's/int b/int b, int extra/' A.java", "documentation-agent",
	  "" },
	{ "a new one in Swift, beside a list",
	  "printf '/// Does f.\n///\n/// - Parameters:\n///   - old: what\n"
	  "///   - b: more\nfunc f(old: Int, with b: @escaping (Int, Int) -> "
	  "Void = { _, _ in }) {\n}\n' >A.swift",
	  "sed -i 's/(old: Int,/(old: Int, new value: [String: Int],/' A.swift",
	  "documentation-agent", "minor A.swift:6 doc-new-parameter\n" },
	{ "a list of all there are",
	  "printf '/// - Parameters:\n///   - old: what: it is\n"
	  "///   - b: more, one of\n///     - x: not a parameter\n"
	  "func f(old: Int, with b: Int) {\n}\n' >A.swift",
	  "sed -i 's/Int) {/String) {/' A.swift", "documentation-agent", "" },
	{ "nothing is returned any more",
	  "printf '/// Does f.\n/// - Returns: how often\nfunc f() -> Int "
	  "{\n}\n' >A.swift",
	  "sed -i 's/ -> Int//' A.swift", "documentation-agent",
	  "minor A.swift:3 doc-stale-return\n" },
	{ "something is returned now",
	  "printf 'class A {\n/**\n * Does it.\n * @param a what\n */\n"
	  "fun f(a: Int) {\n}\n}\n' >A.kt",
	  "sed -i 's/Int) {/Int): Boolean {/' A.kt", "documentation-agent",
	  "minor A.kt:6 doc-stale-return\n" },
	{ "a Kotlin function that has become an expression",
	  "printf 'class A {\n/**\n * Does it.\n * @return what\n */\n"
	  "fun f(a: Int): Int {\n}\n}\n' >A.kt",
	  "sed -i 's/: Int {/ = a/' A.kt", "documentation-agent", "" },
	{ "what is thrown no more",
	  "printf 'class A {\n/**\n * @throws IOException if so\n */\n"
	  "void f() throws IOException {\n}\n}\n' >A.java",
	  "sed -i 's/f() throws IOException/f()/' A.java",
	  "documentation-agent", "minor A.java:5 doc-stale-throws\n" },
	{ "what is thrown without being declared",
	  "printf 'class A {\n/**\n * @throws BadState if so\n */\n"
	  "void f() throws BadState {\n    throw new BadState();\n}\n}\n' "
	  ">A.java",
	  "sed -i 's/f() throws BadState/f()/' A.java", "documentation-agent",
	  "" },
	{ "Swift that throws no more",
	  "printf '/// Does f.\n/// - Throws: if so\nfunc f() throws {\n}\n' "
	  ">A.swift",
	  "sed -i 's/ throws {/ {/' A.swift", "documentation-agent",
	  "minor A.swift:3 doc-stale-throws\n" },
	{ "an outdated comment that nobody touched",
	  "printf 'class A {\\n/**\\n * @param old what\\n */\\n"
	  "void f(int now) {\\n}\\n}\\n' >A.java",
	  "sed -i 's/^}$/}\\n/' A.java", "documentation-agent", "" },

	/* tests */
	{ "a new function that no test names",
	  "mkdir ATests; echo 'class OtherTests: XCTestCase { func testB() { "
	  "B().go() } }' >ATests/OtherTests.swift",
	  "printf 'struct A {\\n    func load() {\\n        a()\\n        "
	  "b()\\n"
	  "    }\\n}\\n' >A.swift",
	  "test-coverage-agent", "minor A.swift:2 untested-code\n" },
	{ "one that a test of the same change names", ":",
	  "mkdir ATests; echo 'class ATests: XCTestCase { func testB() { "
	  "make().load() } }' >ATests/ATests.swift; "
	  "printf 'struct A {\\n    func load() {\\n        a()\\n        "
	  "b()\\n"
	  "    }\\n}\\n' >A.swift",
	  "test-coverage-agent", "" },
	{ "one whose type a test names",
	  "mkdir ATests; echo 'class ATests: XCTestCase { let a = A() }' "
	  ">ATests/ATests.swift",
	  "printf 'struct A {\\n    func load() {\\n        a()\\n        "
	  "b()\\n"
	  "    }\\n}\\n' >A.swift",
	  "test-coverage-agent", "" },
	{ "a name within another is another",
	  "mkdir ATests; echo 'class T: XCTestCase { func t() { reload() } }' "
	  ">ATests/T.swift",
	  "printf 'struct A {\\n    func load() {\\n        a()\\n        "
	  "b()\\n"
	  "    }\\n}\\n' >A.swift",
	  "test-coverage-agent", "minor A.swift:2 untested-code\n" },
	{ "a moved function is not new",
	  "mkdir ATests; echo 'class T: XCTestCase { }' >ATests/T.swift; "
	  "printf 'struct A {\\n    func load() {\\n        a()\\n        "
	  "b()\\n"
	  "    }\\n}\\n' >A.swift",
	  "sed -i '1i // first' A.swift; git mv A.swift B.swift",
	  "test-coverage-agent", "" },
	{ "short, private and overriding ones",
	  "mkdir ATests; echo 'class T: XCTestCase { }' >ATests/T.swift",
	  "printf 'class A: B {\\n    func one() { a() }\\n"
	  "    private func two() {\\n        a()\\n        b()\\n    }\\n"
	  "    override func three() {\\n        a()\\n        b()\\n    }\\n"
	  "}\\n' >A.swift",
	  "test-coverage-agent", "" },
	{ "a repository without tests", ":",
	  "printf 'struct A {\\n    func load() {\\n        a()\\n        "
	  "b()\\n"
	  "    }\\n}\\n' >A.swift",
	  "test-coverage-agent", "" },
};

Test(offline_parts, say_what_is_missing)
{
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct asked asked;
		char *said;

		asked_init(&asked, parts[i].base, parts[i].head);
		asked_ask(&asked, parts[i].agent, ANSWER_FINDINGS);
		said = asked_findings(&asked);
		cr_expect(strcmp(said, parts[i].said) == 0, "%s:\n%s",
			  parts[i].what, said);
		free(said);
		asked_release(&asked);
	}
}

Test(offline_parts, never_show_a_secret)
{
	struct asked asked;
	char *text;

	asked_init(&asked, ":",
		   "k=AKIA; echo \"let key = \\\"${k}QYLPMN5HNOPQ4X7Z\\\"\" "
		   ">A.swift");
	asked_ask(&asked, "security-agent", ANSWER_FINDINGS);
	text = json_print(asked.answer);
	cr_expect(strstr(text, "QYLPMN5HNOPQ4X7Z") == NULL, "%s", text);
	cr_expect(strstr(text, "let key") != NULL, "%s", text);
	free(text);
	asked_release(&asked);
}

Test(offline_parts, one_finding_a_file_names_all_of_it)
{
	struct asked asked;
	const char *body;

	asked_init(&asked,
		   "mkdir ATests; echo 'class T: XCTestCase { }' "
		   ">ATests/ATests.swift",
		   "printf 'struct A {\\n    func load() {\\n        a()\\n"
		   "        b()\\n    }\\n    func save() {\\n        a()\\n"
		   "        b()\\n    }\\n}\\n' >A.swift");
	asked_ask(&asked, "test-coverage-agent", ANSWER_FINDINGS);
	body = json_string_or(json_find(asked.answer, "findings.0"), "body",
			      "");
	cr_expect(eq(sz, json_len(json_get(asked.answer, "findings")), 1));
	cr_expect(strstr(body, "A.load(), A.save() are new") == body, "%s",
		  body);
	cr_expect(strstr(body, "ATests/ATests.swift") != NULL, "%s", body);
	asked_release(&asked);
}
