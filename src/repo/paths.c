#include "repo/paths.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/attr.h"

static const char *const class_names[CLASS_COUNT] = {
	[CLASS_SOURCE] = "source",       [CLASS_TEST] = "test",
	[CLASS_GENERATED] = "generated", [CLASS_VENDORED] = "vendored",
	[CLASS_LOCK] = "lock",           [CLASS_PROJECT] = "project",
	[CLASS_INTERFACE] = "interface", [CLASS_STRINGS] = "strings",
	[CLASS_GRADLE] = "gradle",       [CLASS_MANIFEST] = "manifest",
	[CLASS_PLIST] = "plist",         [CLASS_ENTITLEMENTS] = "entitlements",
	[CLASS_PROGUARD] = "proguard",   [CLASS_ASSET] = "asset",
	[CLASS_DOCUMENT] = "document",   [CLASS_CONFIG] = "config",
	[CLASS_OTHER] = "other",
};

/* What a rule looks at. The first rule that holds decides. */
enum rule_kind {
	RULE_TOP_FOLDER, /* a folder of this name above any source root */
	RULE_FOLDER,     /* a folder of this name anywhere              */
	RULE_FOLDER_END, /* a folder whose name ends so                 */
	RULE_NAME,       /* the file's name                             */
	RULE_NAME_START, /* the file's name starts so                   */
	RULE_NAME_END,   /* the file's name ends so, in any case        */
	RULE_RESOURCE,   /* XML in an Android resource folder res/X*    */
};

struct class_rule {
	enum rule_kind kind;
	const char *text;
	enum file_class file_class;
};

/* clang-format off */
static const struct class_rule foreign_rules[] = {
	{ RULE_FOLDER, "Pods", CLASS_VENDORED },
	{ RULE_FOLDER, "Carthage", CLASS_VENDORED },
	{ RULE_FOLDER, "node_modules", CLASS_VENDORED },
	{ RULE_FOLDER, "SourcePackages", CLASS_VENDORED },
	{ RULE_FOLDER, ".bundle", CLASS_VENDORED },
	{ RULE_FOLDER_END, ".framework", CLASS_VENDORED },
	{ RULE_FOLDER_END, ".xcframework", CLASS_VENDORED },
	{ RULE_TOP_FOLDER, "vendor", CLASS_VENDORED },
	{ RULE_TOP_FOLDER, "Vendor", CLASS_VENDORED },
	{ RULE_TOP_FOLDER, "third_party", CLASS_VENDORED },
	{ RULE_TOP_FOLDER, "third-party", CLASS_VENDORED },
	{ RULE_TOP_FOLDER, "ThirdParty", CLASS_VENDORED },
	{ RULE_FOLDER, "DerivedData", CLASS_GENERATED },
	{ RULE_FOLDER, ".build", CLASS_GENERATED },
	{ RULE_FOLDER, ".gradle", CLASS_GENERATED },
	{ RULE_FOLDER, ".dart_tool", CLASS_GENERATED },
	{ RULE_FOLDER, "__generated__", CLASS_GENERATED },
	{ RULE_FOLDER, "Generated", CLASS_GENERATED },
	{ RULE_TOP_FOLDER, "generated", CLASS_GENERATED },
	{ RULE_TOP_FOLDER, "build", CLASS_GENERATED },
	{ RULE_NAME, "R.swift", CLASS_GENERATED },
	{ RULE_NAME, "BuildConfig.java", CLASS_GENERATED },
	{ RULE_NAME_START, "GeneratedPluginRegistrant.", CLASS_GENERATED },
	{ RULE_NAME_END, ".generated.swift", CLASS_GENERATED },
	{ RULE_NAME_END, ".generated.kt", CLASS_GENERATED },
	{ RULE_NAME_END, ".pb.swift", CLASS_GENERATED },
	{ RULE_NAME_END, ".grpc.swift", CLASS_GENERATED },
	{ RULE_NAME_END, ".graphql.swift", CLASS_GENERATED },
	{ RULE_NAME_END, ".pbobjc.h", CLASS_GENERATED },
	{ RULE_NAME_END, ".pbobjc.m", CLASS_GENERATED },
	{ RULE_NAME_END, ".pb.h", CLASS_GENERATED },
	{ RULE_NAME_END, ".pb.cc", CLASS_GENERATED },
	{ RULE_NAME_END, ".g.dart", CLASS_GENERATED },
	{ RULE_NAME_END, ".freezed.dart", CLASS_GENERATED },
	{ RULE_NAME_END, ".min.js", CLASS_GENERATED },
	{ RULE_NAME_END, ".min.css", CLASS_GENERATED },
	{ RULE_NAME_END, ".js.map", CLASS_GENERATED },
};

static const struct class_rule own_rules[] = {
	{ RULE_NAME, "Podfile.lock", CLASS_LOCK },
	{ RULE_NAME, "Package.resolved", CLASS_LOCK },
	{ RULE_NAME, "Cartfile.resolved", CLASS_LOCK },
	{ RULE_NAME, "package-lock.json", CLASS_LOCK },
	{ RULE_NAME, "npm-shrinkwrap.json", CLASS_LOCK },
	{ RULE_NAME, "pnpm-lock.yaml", CLASS_LOCK },
	{ RULE_NAME, "verification-metadata.xml", CLASS_LOCK },
	{ RULE_NAME_END, ".lockfile", CLASS_LOCK },
	{ RULE_NAME_END, ".lock", CLASS_LOCK },

	{ RULE_FOLDER_END, ".xcassets", CLASS_ASSET },
	{ RULE_FOLDER_END, ".xcodeproj", CLASS_PROJECT },
	{ RULE_FOLDER_END, ".xcworkspace", CLASS_PROJECT },
	{ RULE_FOLDER, ".idea", CLASS_PROJECT },
	{ RULE_NAME_END, ".pbxproj", CLASS_PROJECT },
	{ RULE_NAME_END, ".xcworkspacedata", CLASS_PROJECT },
	{ RULE_NAME_END, ".xcscheme", CLASS_PROJECT },
	{ RULE_NAME_END, ".xctestplan", CLASS_PROJECT },
	{ RULE_NAME_END, ".iml", CLASS_PROJECT },

	{ RULE_NAME, "AndroidManifest.xml", CLASS_MANIFEST },
	{ RULE_NAME_END, ".entitlements", CLASS_ENTITLEMENTS },
	{ RULE_NAME_END, ".plist", CLASS_PLIST },
	{ RULE_NAME_END, ".xcprivacy", CLASS_PLIST },
	{ RULE_NAME_END, ".storyboard", CLASS_INTERFACE },
	{ RULE_NAME_END, ".xib", CLASS_INTERFACE },
	{ RULE_RESOURCE, "layout", CLASS_INTERFACE },
	{ RULE_RESOURCE, "navigation", CLASS_INTERFACE },
	{ RULE_RESOURCE, "menu", CLASS_INTERFACE },
	{ RULE_RESOURCE, "drawable", CLASS_ASSET },
	{ RULE_RESOURCE, "mipmap", CLASS_ASSET },
	{ RULE_RESOURCE, "anim", CLASS_ASSET },
	{ RULE_RESOURCE, "color", CLASS_ASSET },
	{ RULE_NAME_END, ".strings", CLASS_STRINGS },
	{ RULE_NAME_END, ".stringsdict", CLASS_STRINGS },
	{ RULE_NAME_END, ".xcstrings", CLASS_STRINGS },
	{ RULE_NAME_END, ".arb", CLASS_STRINGS },
	{ RULE_NAME_END, "strings.xml", CLASS_STRINGS },
	{ RULE_NAME, "plurals.xml", CLASS_STRINGS },

	{ RULE_NAME_END, ".gradle", CLASS_GRADLE },
	{ RULE_NAME_END, ".gradle.kts", CLASS_GRADLE },
	{ RULE_NAME_END, ".versions.toml", CLASS_GRADLE },
	{ RULE_NAME, "gradle.properties", CLASS_GRADLE },
	{ RULE_NAME, "gradle-wrapper.properties", CLASS_GRADLE },
	{ RULE_NAME_END, ".pro", CLASS_PROGUARD },
	{ RULE_NAME_START, "proguard", CLASS_PROGUARD },
	{ RULE_NAME_START, "consumer-rules.", CLASS_PROGUARD },

	/* Code that describes the build rather than the program. */
	{ RULE_NAME, "Package.swift", CLASS_CONFIG },
	{ RULE_NAME, "Podfile", CLASS_CONFIG },
	{ RULE_NAME, "Cartfile", CLASS_CONFIG },
	{ RULE_NAME, "Gemfile", CLASS_CONFIG },
	{ RULE_NAME, "Rakefile", CLASS_CONFIG },
	{ RULE_NAME, "Fastfile", CLASS_CONFIG },
	{ RULE_NAME, "Appfile", CLASS_CONFIG },
	{ RULE_NAME, "Matchfile", CLASS_CONFIG },
	{ RULE_NAME, "Dangerfile", CLASS_CONFIG },
	{ RULE_NAME, "Makefile", CLASS_CONFIG },
	{ RULE_NAME, "CMakeLists.txt", CLASS_CONFIG },
	{ RULE_NAME, "Dockerfile", CLASS_CONFIG },
	{ RULE_NAME, "CODEOWNERS", CLASS_CONFIG },
	{ RULE_NAME, ".gitignore", CLASS_CONFIG },
	{ RULE_NAME, ".gitattributes", CLASS_CONFIG },
	{ RULE_NAME, ".gitmodules", CLASS_CONFIG },
	{ RULE_NAME, ".editorconfig", CLASS_CONFIG },
	{ RULE_NAME, "gradlew", CLASS_CONFIG },
	{ RULE_NAME, "LICENSE", CLASS_DOCUMENT },
	{ RULE_NAME, "NOTICE", CLASS_DOCUMENT },
	{ RULE_NAME, "README", CLASS_DOCUMENT },
	{ RULE_NAME, "CHANGELOG", CLASS_DOCUMENT },
	{ RULE_NAME, "AUTHORS", CLASS_DOCUMENT },
};

static const struct {
	const char *extension;
	enum file_class file_class;
} extensions[] = {
	{ "swift", CLASS_SOURCE }, { "m", CLASS_SOURCE }, { "mm", CLASS_SOURCE },
	{ "h", CLASS_SOURCE }, { "hh", CLASS_SOURCE }, { "hpp", CLASS_SOURCE },
	{ "c", CLASS_SOURCE }, { "cc", CLASS_SOURCE }, { "cpp", CLASS_SOURCE },
	{ "cxx", CLASS_SOURCE }, { "kt", CLASS_SOURCE }, { "kts", CLASS_SOURCE },
	{ "java", CLASS_SOURCE }, { "groovy", CLASS_SOURCE },
	{ "dart", CLASS_SOURCE }, { "ts", CLASS_SOURCE }, { "tsx", CLASS_SOURCE },
	{ "js", CLASS_SOURCE }, { "jsx", CLASS_SOURCE }, { "mjs", CLASS_SOURCE },
	{ "cjs", CLASS_SOURCE }, { "rs", CLASS_SOURCE }, { "go", CLASS_SOURCE },
	{ "py", CLASS_SOURCE }, { "rb", CLASS_SOURCE }, { "cs", CLASS_SOURCE },
	{ "metal", CLASS_SOURCE }, { "proto", CLASS_SOURCE },
	{ "graphql", CLASS_SOURCE }, { "aidl", CLASS_SOURCE },
	{ "sql", CLASS_SOURCE }, { "html", CLASS_SOURCE }, { "css", CLASS_SOURCE },
	{ "png", CLASS_ASSET }, { "jpg", CLASS_ASSET }, { "jpeg", CLASS_ASSET },
	{ "gif", CLASS_ASSET }, { "webp", CLASS_ASSET }, { "heic", CLASS_ASSET },
	{ "pdf", CLASS_ASSET }, { "svg", CLASS_ASSET }, { "ico", CLASS_ASSET },
	{ "icns", CLASS_ASSET }, { "ttf", CLASS_ASSET }, { "otf", CLASS_ASSET },
	{ "woff", CLASS_ASSET }, { "woff2", CLASS_ASSET }, { "mp3", CLASS_ASSET },
	{ "wav", CLASS_ASSET }, { "m4a", CLASS_ASSET }, { "caf", CLASS_ASSET },
	{ "mp4", CLASS_ASSET }, { "mov", CLASS_ASSET }, { "lottie", CLASS_ASSET },
	{ "md", CLASS_DOCUMENT }, { "markdown", CLASS_DOCUMENT },
	{ "rst", CLASS_DOCUMENT }, { "adoc", CLASS_DOCUMENT },
	{ "txt", CLASS_DOCUMENT },
	{ "yml", CLASS_CONFIG }, { "yaml", CLASS_CONFIG }, { "json", CLASS_CONFIG },
	{ "json5", CLASS_CONFIG }, { "toml", CLASS_CONFIG }, { "xml", CLASS_CONFIG },
	{ "xcconfig", CLASS_CONFIG }, { "properties", CLASS_CONFIG },
	{ "ini", CLASS_CONFIG }, { "cfg", CLASS_CONFIG }, { "conf", CLASS_CONFIG },
	{ "env", CLASS_CONFIG }, { "podspec", CLASS_CONFIG },
	{ "modulemap", CLASS_CONFIG }, { "sh", CLASS_CONFIG },
	{ "bash", CLASS_CONFIG }, { "zsh", CLASS_CONFIG }, { "ps1", CLASS_CONFIG },
	{ "bat", CLASS_CONFIG }, { "cmake", CLASS_CONFIG },
};
/* clang-format on */

const char *class_name(enum file_class file_class)
{
	return class_names[file_class];
}

bool class_is_reviewed(enum file_class file_class)
{
	switch (file_class) {
	case CLASS_GENERATED:
	case CLASS_VENDORED:
	case CLASS_LOCK:
	case CLASS_PROJECT:
	case CLASS_INTERFACE:
	case CLASS_ASSET:
		return false;
	default:
		return true;
	}
}

/* A path taken apart. */
struct parts {
	const char *path;
	const char *name;
	size_t name_len;
};

static struct parts take_apart(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	return (struct parts){ path, name, strlen(name) };
}

static bool is(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && !memcmp(text, word, len);
}

static bool ends(const char *text, size_t len, const char *end)
{
	size_t end_len = strlen(end);

	return len >= end_len &&
	       !strncasecmp(text + len - end_len, end, end_len);
}

static bool is_source_root(const char *folder, size_t len)
{
	return is(folder, len, "src") || is(folder, len, "Sources") ||
	       is(folder, len, "lib");
}

typedef bool folder_test_fn(const char *folder, size_t len, const char *before,
			    const char *text);

/* Is there a folder on the path for which `test` holds? Looks no further than
 * the first source root if `top`. */
static bool any_folder(const struct parts *parts, folder_test_fn *test,
		       const char *text, bool top)
{
	const char *before = "";

	for (const char *at = parts->path; at < parts->name;) {
		size_t len = strcspn(at, "/");

		if (top && is_source_root(at, len))
			return false;
		if (test(at, len, before, text))
			return true;
		before = at;
		at += len + 1;
	}
	return false;
}

static bool folder_is(const char *folder, size_t len, UNUSED const char *before,
		      const char *text)
{
	return is(folder, len, text);
}

static bool folder_ends(const char *folder, size_t len,
			UNUSED const char *before, const char *text)
{
	return ends(folder, len, text);
}

/* res/layout, res/layout-land: `before` is at "res/layout...". */
static bool folder_is_resource(const char *folder, size_t len,
			       const char *before, const char *text)
{
	size_t text_len = strlen(text);

	return !strncmp(before, "res/", 4) && len >= text_len &&
	       !memcmp(folder, text, text_len) &&
	       (len == text_len || folder[text_len] == '-');
}

static bool rule_holds(const struct class_rule *rule, const struct parts *parts)
{
	switch (rule->kind) {
	case RULE_TOP_FOLDER:
		return any_folder(parts, folder_is, rule->text, true);
	case RULE_FOLDER:
		return any_folder(parts, folder_is, rule->text, false);
	case RULE_FOLDER_END:
		return any_folder(parts, folder_ends, rule->text, false);
	case RULE_NAME:
		return is(parts->name, parts->name_len, rule->text);
	case RULE_NAME_START:
		return !strncmp(parts->name, rule->text, strlen(rule->text));
	case RULE_NAME_END:
		return ends(parts->name, parts->name_len, rule->text);
	case RULE_RESOURCE:
		return ends(parts->name, parts->name_len, ".xml") &&
		       any_folder(parts, folder_is_resource, rule->text, false);
	}
	return false;
}

static const struct class_rule *find_rule(const struct class_rule *rules,
					  size_t count,
					  const struct parts *parts)
{
	for (size_t i = 0; i < count; i++)
		if (rule_holds(&rules[i], parts))
			return &rules[i];
	return NULL;
}

/* WalletTests, androidTest, src/testDebug, __tests__ */
static bool folder_is_test(const char *folder, size_t len, const char *before,
			   UNUSED const char *text)
{
	static const char *const names[] = { "test",     "tests", "Test",
					     "Tests",    "Specs", "spec",
					     "__tests__" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (is(folder, len, names[i]))
			return true;
	if (len > 4 && !memcmp(folder + len - 4, "Test", 4))
		return true;
	if (len > 5 && !memcmp(folder + len - 5, "Tests", 5))
		return true;
	return len > 4 && !strncmp(before, "src/", 4) &&
	       !memcmp(folder, "test", 4) && isupper((unsigned char)folder[4]);
}

/* WalletTests.swift, WalletTest.kt, wallet_test.dart, wallet.spec.ts */
static bool name_is_test(const struct parts *parts)
{
	static const char *const stem_ends[] = { "Test",  "Tests",    "Spec",
						 "Specs", "TestCase", "_test",
						 ".test", ".spec" };
	const char *dot = memrchr(parts->name, '.', parts->name_len);
	size_t stem_len = dot ? (size_t)(dot - parts->name) : parts->name_len;

	for (size_t i = 0; i < ARRAY_LEN(stem_ends); i++) {
		size_t len = strlen(stem_ends[i]);

		if (stem_len > len &&
		    !memcmp(parts->name + stem_len - len, stem_ends[i], len))
			return true;
	}
	return stem_len > 2 && !memcmp(parts->name + stem_len - 2, "IT", 2) &&
	       islower((unsigned char)parts->name[stem_len - 3]) &&
	       (!strcmp(dot ? dot : "", ".java") ||
		!strcmp(dot ? dot : "", ".kt"));
}

static enum file_class class_by_extension(const struct parts *parts)
{
	const char *dot = memrchr(parts->name, '.', parts->name_len);

	if (!dot)
		return CLASS_OTHER;
	for (size_t i = 0; i < ARRAY_LEN(extensions); i++)
		if (!strcasecmp(dot + 1, extensions[i].extension))
			return extensions[i].file_class;
	return CLASS_OTHER;
}

enum file_class class_of_own(const char *path)
{
	struct parts parts = take_apart(path);
	const struct class_rule *rule = find_rule(own_rules,
						  ARRAY_LEN(own_rules), &parts);
	enum file_class file_class;

	if (rule)
		return rule->file_class;
	file_class = class_by_extension(&parts);
	if (file_class == CLASS_SOURCE &&
	    (name_is_test(&parts) ||
	     any_folder(&parts, folder_is_test, "", false)))
		return CLASS_TEST;
	return file_class;
}

enum file_class class_of_path(const char *path)
{
	struct parts parts = take_apart(path);
	const struct class_rule *rule =
		find_rule(foreign_rules, ARRAY_LEN(foreign_rules), &parts);

	return rule ? rule->file_class : class_of_own(path);
}
