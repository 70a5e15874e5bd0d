#include "code/lang.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "core/attr.h"

enum family { FAMILY_NONE, FAMILY_APPLE, FAMILY_JVM };

static const struct {
	const char *name;
	enum family family;
} langs[LANG_COUNT] = {
	[LANG_OTHER] = { "other", FAMILY_NONE },
	[LANG_SWIFT] = { "swift", FAMILY_APPLE },
	[LANG_KOTLIN] = { "kotlin", FAMILY_JVM },
	[LANG_KOTLIN_SCRIPT] = { "kotlin-script", FAMILY_JVM },
	[LANG_JAVA] = { "java", FAMILY_JVM },
	[LANG_OBJC] = { "objc", FAMILY_APPLE },
	[LANG_OBJCXX] = { "objcxx", FAMILY_APPLE },
	[LANG_C_HEADER] = { "c-header", FAMILY_APPLE },
	[LANG_C] = { "c", FAMILY_APPLE },
	[LANG_XML] = { "xml", FAMILY_NONE },
	[LANG_PLIST] = { "plist", FAMILY_NONE },
	[LANG_GRADLE] = { "gradle", FAMILY_NONE },
	[LANG_PROPERTIES] = { "properties", FAMILY_NONE },
	[LANG_ENV] = { "env", FAMILY_NONE },
	[LANG_XCCONFIG] = { "xcconfig", FAMILY_NONE },
	[LANG_STRINGS] = { "strings", FAMILY_NONE },
	[LANG_JSON] = { "json", FAMILY_NONE },
	[LANG_YAML] = { "yaml", FAMILY_NONE },
	[LANG_TOML] = { "toml", FAMILY_NONE },
	[LANG_PROGUARD] = { "proguard", FAMILY_NONE },
};

static const struct {
	const char *ending; /* behind the last dot */
	enum lang lang;
} endings[] = {
	{ "swift", LANG_SWIFT },
	{ "kt", LANG_KOTLIN },
	{ "kts", LANG_KOTLIN_SCRIPT },
	{ "java", LANG_JAVA },
	{ "m", LANG_OBJC },
	{ "mm", LANG_OBJCXX },
	{ "cpp", LANG_OBJCXX },
	{ "cc", LANG_OBJCXX },
	{ "cxx", LANG_OBJCXX },
	{ "hpp", LANG_OBJCXX },
	{ "h", LANG_C_HEADER },
	{ "c", LANG_C },
	{ "xml", LANG_XML },
	{ "storyboard", LANG_XML },
	{ "xib", LANG_XML },
	{ "svg", LANG_XML },
	{ "plist", LANG_PLIST },
	{ "entitlements", LANG_PLIST },
	{ "xcprivacy", LANG_PLIST },
	{ "mobileconfig", LANG_PLIST },
	{ "gradle", LANG_GRADLE },
	{ "groovy", LANG_GRADLE },
	{ "properties", LANG_PROPERTIES },
	{ "env", LANG_ENV },
	{ "xcconfig", LANG_XCCONFIG },
	{ "strings", LANG_STRINGS },
	{ "json", LANG_JSON },
	{ "xcstrings", LANG_JSON },
	{ "resolved", LANG_JSON },
	{ "yml", LANG_YAML },
	{ "yaml", LANG_YAML },
	{ "toml", LANG_TOML },
	{ "pro", LANG_PROGUARD },
};

enum lang lang_of_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');

	/* .env, .env.production */
	if (!strncmp(name, ".env", 4) && (!name[4] || name[4] == '.'))
		return LANG_ENV;
	if (strstr(name, "proguard") && dot && !strcmp(dot, ".txt"))
		return LANG_PROGUARD;
	if (!dot)
		return LANG_OTHER;
	for (size_t i = 0; i < ARRAY_LEN(endings); i++)
		if (!strcasecmp(dot + 1, endings[i].ending))
			return endings[i].lang;
	return LANG_OTHER;
}

const char *lang_name(enum lang lang)
{
	return langs[lang].name;
}

bool lang_parse(enum lang *out, const char *name)
{
	for (int i = 0; i < LANG_COUNT; i++) {
		if (!strcmp(langs[i].name, name)) {
			*out = (enum lang)i;
			return true;
		}
	}
	return false;
}

bool lang_has_outline(enum lang lang)
{
	return langs[lang].family != FAMILY_NONE;
}

bool lang_is_related(enum lang a, enum lang b)
{
	return langs[a].family == langs[b].family &&
	       (langs[a].family != FAMILY_NONE || a == b);
}
