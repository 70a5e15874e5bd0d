#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "code/outline.h"
#include "core/alloc.h"
#include "core/attr.h"

/* One line a symbol: first-last line, kind, visibility, path, signature. */
static char *describe(const char *text, enum lang lang)
{
	struct outline outline;
	struct buf out;

	buf_init(&out, 64 * 1024);
	outline_make(&outline, text, strlen(text), lang);
	for (size_t i = 0; i < outline.len; i++) {
		const struct symbol *s = &outline.items[i];

		buf_addf(&out, "%u-%u %s %s ", s->start_line, s->end_line,
			 symbol_kind_name(s->kind),
			 outline_is_public(&outline, s)
				 ? "PUBLIC"
				 : visibility_name(s->visibility));
		symbol_add_path(&out, &outline, s);
		if (s->doc_line)
			buf_addf(&out, " doc %u", s->doc_line);
		buf_addstr(&out, " | ");
		symbol_add_signature(&out, &outline, s);
		buf_addch(&out, '\n');
	}
	outline_release(&outline);
	return buf_detach(&out);
}

static void check(enum lang lang, const char *text, const char *wanted)
{
	char *seen = describe(text, lang);

	cr_expect(eq(str, seen, (char *)wanted), "%s", seen);
	free(seen);
}

Test(outline, reads_swift)
{
	check(LANG_SWIFT,
	      "/// A session.\n"
	      "/// More of it.\n"
	      "@MainActor\n"
	      "public final class Session: NSObject where T: Foo {\n"
	      "    private(set) var token: String = \"}\"\n"
	      "    @Published public var name: String { didSet { a() } }\n"
	      "    lazy var view: View = {\n"
	      "        let v = View()\n"
	      "        return v\n"
	      "    }()\n"
	      "    public init?(a: Int, b: @escaping () -> Void = { }) {\n"
	      "        func inner() -> Int { return 1 }\n"
	      "    }\n"
	      "    class func make<T: Foo>(_ x: T, /* y */\n"
	      "                            y: [String: Int] = [:])\n"
	      "        async throws -> [T]\n"
	      "    {\n"
	      "    }\n"
	      "    static func == (a: S, b: S) -> Bool { true }\n"
	      "    subscript(i: Int) -> Int { get { 1 } set { } }\n"
	      "}\n",
	      "3-21 class PUBLIC Session doc 1 | public final class Session: "
	      "NSObject where T: Foo\n"
	      "5-5 property internal Session.token | private(set) var token: "
	      "String\n"
	      "6-6 property PUBLIC Session.name | public var name: String\n"
	      "7-10 property internal Session.view | lazy var view: View\n"
	      "11-13 initializer PUBLIC Session.init | public init?(a: Int, b: "
	      "@escaping () -> Void = { })\n"
	      "12-12 function internal Session.init.inner | func inner() -> "
	      "Int\n"
	      "14-18 function internal Session.make | class func make<T: "
	      "Foo>(_ x: T, y: [String: Int] = [:]) async throws -> [T]\n"
	      "19-19 function internal Session.== | static func == (a: S, b: "
	      "S) -> Bool\n"
	      "20-20 initializer internal Session.subscript | subscript(i: "
	      "Int) -> Int\n");
}

Test(outline, reads_swift_protocols_extensions_and_conditions)
{
	check(LANG_SWIFT,
	      "public protocol P: class {\n"
	      "    var x: Int { get set }\n"
	      "    func b() -> Int\n"
	      "}\n"
	      "extension Session.Inner: P {\n"
	      "    public func pub() {}\n"
	      "#if DEBUG\n"
	      "    func dbg(a: Int) {\n"
	      "#else\n"
	      "    func dbg(b: Int) {\n"
	      "#endif\n"
	      "        print(\"\\(a[\"}\"])\")\n"
	      "    }\n"
	      "}\n"
	      "guard let a = b else {\n"
	      "}\n"
	      "let global = 5\n",
	      "1-4 protocol PUBLIC P | public protocol P: class\n"
	      "2-2 property PUBLIC P.x | var x: Int\n"
	      "3-3 function PUBLIC P.b | func b() -> Int\n"
	      "5-14 extension internal Session.Inner | extension "
	      "Session.Inner: P\n"
	      "6-6 function PUBLIC Session.Inner.pub | public func pub()\n"
	      "8-8 function internal Session.Inner.dbg | func dbg(a: Int)\n"
	      "10-13 function internal Session.Inner.dbg | func dbg(b: Int)\n"
	      "17-17 property internal global | let global\n");
}

Test(outline, reads_kotlin)
{
	check(LANG_KOTLIN,
	      "@Composable\n"
	      "@Preview(arg = 1)\n"
	      "fun Screen(a: Int = 1, b: () -> Unit = {}) {\n"
	      "    val x = 1\n"
	      "}\n"
	      "data class User(val id: String, private var n: Int) : A(id) {\n"
	      "    val full: String\n"
	      "        get() = \"$id ${n}\"\n"
	      "    companion object {\n"
	      "        @JvmStatic fun create(): User = User(\"a\",\n"
	      "            1)\n"
	      "    }\n"
	      "    override fun <T : Any> List<T>.ext(x: (Int) -> Unit): T? {\n"
	      "    }\n"
	      "    fun expr() = if (a)\n"
	      "        b\n"
	      "    else\n"
	      "        c\n"
	      "    private fun (() -> Unit).call() = this()\n"
	      "    val lz by lazy {\n"
	      "        1\n"
	      "    }\n"
	      "}\n"
	      "/** The view's. */\n"
	      "class Model\n"
	      "@Inject internal constructor(\n"
	      "    private val a: A\n"
	      ") : VM() {\n"
	      "    internal fun `it's \"odd\"`() {}\n"
	      "}\n",
	      "1-5 function PUBLIC Screen | fun Screen(a: Int = 1, b: () -> "
	      "Unit = {})\n"
	      "6-23 class PUBLIC User | data class User(val id: String, "
	      "private var n: Int) : A(id)\n"
	      "6-6 property PUBLIC User.id | val id\n"
	      "6-6 property private User.n | var n\n"
	      "7-8 property PUBLIC User.full | val full: String\n"
	      "9-12 object PUBLIC User.companion | companion object\n"
	      "10-11 function PUBLIC User.companion.create | fun create(): "
	      "User\n"
	      "13-14 function PUBLIC User.ext | override fun <T : Any> "
	      "List<T>.ext(x: (Int) -> Unit): T?\n"
	      "15-18 function PUBLIC User.expr | fun expr()\n"
	      "19-19 function private User.call | private fun (() -> "
	      "Unit).call()\n"
	      "20-22 property PUBLIC User.lz | val lz\n"
	      "25-30 class PUBLIC Model doc 24 | class Model @Inject internal "
	      "constructor(private val a: A) : VM()\n"
	      "27-27 property private Model.a | val a\n"
	      "29-29 function internal Model.it's \"odd\" | internal fun `it's "
	      "\"odd\"`()\n");
}

Test(outline, reads_java)
{
	check(LANG_JAVA,
	      "package a.b;\n"
	      "import java.util.List;\n"
	      "public class A<T extends B> extends C {\n"
	      "  private static final String KEY = \"x\";\n"
	      "  static { init(); }\n"
	      "  /** ctor */\n"
	      "  public A(int x) { super(x); }\n"
	      "  @Override\n"
	      "  @kotlin.Foo({1, 2})\n"
	      "  public <X> List<X> go(final int a) throws E {\n"
	      "    new Thread(new R() { public void run() { b(); } }).go();\n"
	      "    return x;\n"
	      "  }\n"
	      "  abstract void abs();\n"
	      "  enum E { K(1), L { void q() {} }; private int v; }\n"
	      "  public interface I { int m(); }\n"
	      "  @interface N { String value() default \"\"; }\n"
	      "}\n",
	      "3-18 class PUBLIC A | public class A<T extends B> extends C\n"
	      "4-4 property private A.KEY | private static final String KEY\n"
	      "7-7 initializer PUBLIC A.A doc 6 | public A(int x)\n"
	      "8-13 function PUBLIC A.go | public <X> List<X> go(final int a) "
	      "throws E\n"
	      "11-11 function public A.go.run | public void run()\n"
	      "14-14 function package A.abs | abstract void abs()\n"
	      "15-15 enum package A.E | enum E\n"
	      "15-15 function package A.E.q | void q()\n"
	      "15-15 property private A.E.v | private int v\n"
	      "16-16 protocol PUBLIC A.I | public interface I\n"
	      "16-16 function PUBLIC A.I.m | int m()\n"
	      "17-17 protocol package A.N | interface N\n"
	      "17-17 function public A.N.value | String value() default "
	      "\"\"\n");
}

Test(outline, reads_objective_c)
{
	check(LANG_OBJCXX,
	      "#define X(a) do { \\\n"
	      " a } while (0)\n"
	      "typedef NS_ENUM(NSInteger, Mode) { ModeA };\n"
	      "static void helper(int a) { if (a) { } }\n"
	      "@interface Foo () <Bar>\n"
	      "@property (nonatomic, copy) void (^done)(NSInteger code);\n"
	      "@end\n"
	      "@implementation Foo\n"
	      "RCT_EXPORT_METHOD(open:(NSString *)url\n"
	      "                  resolve:(Block)resolve)\n"
	      "{\n"
	      "}\n"
	      "+ (instancetype)shared {\n"
	      "  dispatch_once(&t, ^{ x = 1; });\n"
	      "  return @{ @\"}\": @[ @1 ] };\n"
	      "}\n"
	      "- (void)a:(int)b;\n"
	      "{\n"
	      "  if (a) {{\n"
	      "@end\n"
	      "namespace n { void K::q(int a) { } }\n",
	      "3-3 enum internal Mode | typedef NS_ENUM(NSInteger, Mode)\n"
	      "4-4 function private helper | static void helper(int a)\n"
	      "5-7 extension private Foo | @interface Foo () <Bar>\n"
	      "6-6 property private Foo.done | @property (nonatomic, copy) "
	      "void (^done)(NSInteger code)\n"
	      "8-20 class internal Foo | @implementation Foo\n"
	      "9-12 function internal Foo.open | "
	      "RCT_EXPORT_METHOD(open:(NSString *)url resolve:(Block)resolve)\n"
	      "13-16 function internal Foo.shared | + (instancetype)shared\n"
	      "17-19 function internal Foo.a | - (void)a:(int)b\n"
	      "21-21 function internal q | void K::q(int a)\n");
}

Test(outline, knows_what_is_around_a_line)
{
	const char *text = "class A {\n"
			   "  func b() {\n"
			   "    c()\n"
			   "  }\n"
			   "\n"
			   "  var d: Int {\n"
			   "    1\n"
			   "  }\n"
			   "}\n"
			   "\n";
	static const struct {
		uint32_t line;
		const char *function, *type;
	} cases[] = {
		{ 1, "", "A" },  { 3, "b", "A" }, { 5, "", "A" },
		{ 7, "d", "A" }, { 9, "", "A" },  { 10, "", "" },
	};
	struct outline outline;

	outline_make(&outline, text, strlen(text), LANG_SWIFT);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct symbol *function =
			outline_function_at(&outline, cases[i].line);
		const struct symbol *type = outline_type_at(&outline,
							    cases[i].line);

		cr_expect(function ? symbol_is_named(&outline, function,
						     cases[i].function)
				   : !*cases[i].function);
		cr_expect(type ? symbol_is_named(&outline, type, cases[i].type)
			       : !*cases[i].type);
	}
	outline_release(&outline);
}

/* Whatever comes: lines are in the file, parents are before their children. */
Test(outline, stands_anything)
{
	static const char *const units[] = { "{",         "}",
					     "(",         "class A {",
					     "fun <",     "fun a",
					     "func a() ", "val x = ",
					     "@A(",       "#if\n",
					     "#else\n",   "#endif\n",
					     "int a(",    "@interface A\n",
					     "@end\n",    "- (",
					     "enum A {",  "new A(){",
					     "\n",        "`",
					     "\"",        "var a: ",
					     "struct ",   ") {",
					     ";",         "\0\xff" };
	static const enum lang langs[] = { LANG_SWIFT, LANG_KOTLIN, LANG_JAVA,
					   LANG_OBJCXX, LANG_C_HEADER };
	char *text = xcalloc(1, 20000);
	unsigned state = 7;

	for (int round = 0; round < 200; round++) {
		size_t len = 0;
		struct outline outline;

		while (len < 19900) {
			const char *unit;
			size_t unit_len;

			state = state * 1103515245 + 12345;
			unit = units[(state >> 16) % ARRAY_LEN(units)];
			unit_len = *unit ? strlen(unit) : 2;
			memcpy(text + len, unit, unit_len);
			len += unit_len;
			/* Some of them are made of one thing only. */
			while (round % 4 == 0 && len < 19900) {
				memcpy(text + len, unit, unit_len);
				len += unit_len;
			}
		}
		outline_make(&outline, text, len,
			     langs[(size_t)round % ARRAY_LEN(langs)]);
		for (size_t i = 0; i < outline.len; i++) {
			const struct symbol *s = &outline.items[i];

			cr_assert(s->start_line >= 1);
			cr_assert(s->start_line <= s->end_line);
			cr_assert(s->end_line <= outline.line_count + 1);
			cr_assert(s->parent < (int)i);
			cr_assert(s->name + s->name_len <= len);
			cr_assert(s->signature_end <= len);
		}
		outline_release(&outline);
	}
	free(text);
}
