#include "unit.h"

#include "code/lang.h"
#include "core/attr.h"

Test(lang, is_told_by_the_file_name)
{
	static const struct {
		const char *path;
		enum lang lang;
	} cases[] = {
		{ "App/Login.swift", LANG_SWIFT },
		{ "a/b/Main.kt", LANG_KOTLIN },
		{ "app/build.gradle.kts", LANG_KOTLIN_SCRIPT },
		{ "app/build.gradle", LANG_GRADLE },
		{ "X.java", LANG_JAVA },
		{ "X.m", LANG_OBJC },
		{ "X.mm", LANG_OBJCXX },
		{ "X.h", LANG_C_HEADER },
		{ "res/values/strings.xml", LANG_XML },
		{ "App/Info.plist", LANG_PLIST },
		{ "App/App.entitlements", LANG_PLIST },
		{ "gradle.properties", LANG_PROPERTIES },
		{ "Release.xcconfig", LANG_XCCONFIG },
		{ "en.lproj/Localizable.strings", LANG_STRINGS },
		{ "google-services.json", LANG_JSON },
		{ ".github/workflows/ci.YML", LANG_YAML },
		{ "gradle/libs.versions.toml", LANG_TOML },
		{ ".env", LANG_ENV },
		{ "a/.env.production", LANG_ENV },
		{ ".envrc-notes", LANG_OTHER },
		{ "app/proguard-rules.pro", LANG_PROGUARD },
		{ "app/proguard-android.txt", LANG_PROGUARD },
		{ "README.txt", LANG_OTHER },
		{ "swift", LANG_OTHER },
		{ "a.swift/LICENSE", LANG_OTHER },
		{ "", LANG_OTHER },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect(lang_of_path(cases[i].path) == cases[i].lang,
			  "%s: %s", cases[i].path,
			  lang_name(lang_of_path(cases[i].path)));
}

Test(lang, names_go_both_ways)
{
	enum lang lang;

	for (int i = 0; i < LANG_COUNT; i++) {
		cr_assert(lang_parse(&lang, lang_name((enum lang)i)));
		cr_assert(lang == (enum lang)i);
	}
	cr_assert(not(lang_parse(&lang, "cobol")));
}

Test(lang, knows_what_is_built_together)
{
	cr_assert(lang_is_related(LANG_SWIFT, LANG_OBJC));
	cr_assert(lang_is_related(LANG_KOTLIN, LANG_JAVA));
	cr_assert(not(lang_is_related(LANG_KOTLIN, LANG_SWIFT)));
	cr_assert(not(lang_is_related(LANG_XML, LANG_JSON)));
	cr_assert(lang_is_related(LANG_XML, LANG_XML));
}
