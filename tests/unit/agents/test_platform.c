#include "unit.h"

#include <stdlib.h>

#include "agents/platform.h"
#include "core/alloc.h"

static const struct {
	const char *path;
	unsigned platforms;
} files[] = {
	{ "App/Wallet/Session.swift", PLATFORM_IOS },
	{ "App/Legacy.m", PLATFORM_IOS },
	{ "App/Bridge.mm", PLATFORM_IOS },
	{ "App/Info.plist", PLATFORM_IOS },
	{ "App.xcodeproj/project.pbxproj", PLATFORM_IOS },
	{ "App/Main.storyboard", PLATFORM_IOS },
	{ "App/Assets.xcassets/a/Contents.json", PLATFORM_IOS },
	{ "Podfile", PLATFORM_IOS },
	{ "app/src/main/java/A.kt", PLATFORM_ANDROID },
	{ "app/src/main/java/A.java", PLATFORM_ANDROID },
	{ "build.gradle.kts", PLATFORM_ANDROID },
	{ "gradle/libs.versions.toml", PLATFORM_ANDROID },
	{ "app/src/main/AndroidManifest.xml", PLATFORM_ANDROID },
	{ "app/src/main/res/values/strings.xml", PLATFORM_ANDROID },
	{ "core/crypto.c", PLATFORM_IOS | PLATFORM_ANDROID },
	{ "core/crypto.h", PLATFORM_IOS | PLATFORM_ANDROID },
	{ "README.md", 0 },
	{ "ios/README.md", PLATFORM_IOS },
	{ "android/fastlane/Fastfile", PLATFORM_ANDROID },
	{ "studios/notes.md", 0 },
};

Test(platform, is_told_from_the_path)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		cr_expect(platforms_of_path(files[i].path) ==
				  files[i].platforms,
			  "%s: %u", files[i].path,
			  platforms_of_path(files[i].path));
}

/* Is an agent for `platform` asked about a change of the file? */
static bool is_asked(const char *platform, const char *path,
		     const char *old_path)
{
	struct changed_file file = { .path = (char *)path,
				     .old_path = (char *)old_path };
	const struct changeset changeset = { .files = &file, .file_count = 1 };
	struct agent_definition agent = { 0 };
	char *why;

	strvec_split(&agent.platforms, platform, ',');
	why = agent_unconcerned(&agent, &changeset);
	strvec_release(&agent.platforms);
	if (!why)
		return true;
	free(why);
	return false;
}

Test(platform, decides_whether_an_agent_is_asked)
{
	cr_expect(is_asked("ios", "A.swift", "A.swift"));
	cr_expect_not(is_asked("ios", "A.kt", "A.kt"));
	cr_expect_not(is_asked("ios", "README.md", "README.md"));
	cr_expect(is_asked("android", "a.c", "a.c"));
	cr_expect(is_asked("android", "A.swift", "A.kt"), "moved away");
	cr_expect(is_asked("", "README.md", "README.md"), "no platform named");
	cr_expect(is_asked("ios,android", "README.md", "README.md"), "both");
}
