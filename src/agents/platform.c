#include "agents/platform.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "code/lang.h"
#include "core/alloc.h"
#include "repo/paths.h"

#define BOTH (PLATFORM_IOS | PLATFORM_ANDROID)

static const unsigned of_lang[LANG_COUNT] = {
	[LANG_SWIFT] = PLATFORM_IOS,
	[LANG_OBJC] = PLATFORM_IOS,
	[LANG_PLIST] = PLATFORM_IOS,
	[LANG_XCCONFIG] = PLATFORM_IOS,
	[LANG_STRINGS] = PLATFORM_IOS,
	[LANG_KOTLIN] = PLATFORM_ANDROID,
	[LANG_KOTLIN_SCRIPT] = PLATFORM_ANDROID,
	[LANG_JAVA] = PLATFORM_ANDROID,
	[LANG_GRADLE] = PLATFORM_ANDROID,
	[LANG_PROGUARD] = PLATFORM_ANDROID,
	[LANG_OBJCXX] = BOTH,
	[LANG_C_HEADER] = BOTH,
	[LANG_C] = BOTH,
};

/* By how the path ends, before its language is looked at. */
static const struct {
	const char *ending;
	unsigned platforms;
} endings[] = {
	{ ".storyboard", PLATFORM_IOS },
	{ ".xib", PLATFORM_IOS },
	{ ".xcstrings", PLATFORM_IOS },
	{ ".pbxproj", PLATFORM_IOS },
	{ ".mm", PLATFORM_IOS },
	{ "Package.resolved", PLATFORM_IOS },
	{ "Podfile", PLATFORM_IOS },
	{ "Podfile.lock", PLATFORM_IOS },
	{ "Cartfile", PLATFORM_IOS },
	{ "AndroidManifest.xml", PLATFORM_ANDROID },
	{ "gradle.properties", PLATFORM_ANDROID },
	{ "gradle.lockfile", PLATFORM_ANDROID },
	{ ".versions.toml", PLATFORM_ANDROID },
};

/* Parts of the path. */
static const struct {
	const char *part;
	unsigned platforms;
} parts[] = {
	{ ".xcassets/", PLATFORM_IOS },    { ".xcodeproj/", PLATFORM_IOS },
	{ ".xcworkspace/", PLATFORM_IOS }, { "/ios/", PLATFORM_IOS },
	{ "/res/", PLATFORM_ANDROID },     { "/android/", PLATFORM_ANDROID },
};

static bool ends_in(const char *path, const char *ending)
{
	size_t len = strlen(path), tail = strlen(ending);

	return len >= tail && !strcasecmp(path + len - tail, ending);
}

static unsigned by_folder(const char *path)
{
	char *rooted = xstrf("/%s", path);
	unsigned found = 0;

	for (size_t i = 0; i < ARRAY_LEN(parts) && !found; i++)
		if (strstr(rooted, parts[i].part))
			found = parts[i].platforms;
	free(rooted);
	return found;
}

unsigned platforms_of_path(const char *path)
{
	enum file_class file_class;
	unsigned found;

	for (size_t i = 0; i < ARRAY_LEN(endings); i++)
		if (ends_in(path, endings[i].ending))
			return endings[i].platforms;
	found = of_lang[lang_of_path(path)];
	if (!found)
		found = by_folder(path);
	if (found)
		return found;
	file_class = class_of_path(path);
	return file_class == CLASS_SOURCE || file_class == CLASS_TEST ? BOTH
								      : 0;
}

static unsigned wanted(const struct agent_definition *agent)
{
	unsigned bits = 0;

	for (size_t i = 0; agent_platform_names[i]; i++)
		if (strvec_has(&agent->platforms, agent_platform_names[i]))
			bits |= 1U << i;
	return bits;
}

char *agent_unconcerned(const struct agent_definition *agent,
			const struct changeset *changeset)
{
	unsigned bits = wanted(agent);

	if (!bits || bits == BOTH)
		return NULL;
	for (size_t i = 0; i < changeset->file_count; i++) {
		const struct changed_file *file = &changeset->files[i];

		if ((platforms_of_path(file->path) & bits) ||
		    (file->old_path &&
		     platforms_of_path(file->old_path) & bits))
			return NULL;
	}
	return xstrf("the change touches nothing of %s", agent->platforms.v[0]);
}
