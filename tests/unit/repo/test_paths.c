#include "unit.h"

#include "core/attr.h"
#include "repo/paths.h"

/* clang-format off */
static const struct {
	const char *path;
	enum file_class file_class;
} cases[] = {
	{ "App/Wallet/Session.swift", CLASS_SOURCE },
	{ "App/UIView+Extensions.swift", CLASS_SOURCE },
	{ "ios/RNDeviceInfo/RNDeviceInfo.m", CLASS_SOURCE },
	{ "App.SWIFT", CLASS_SOURCE },
	{ "app/src/main/java/com/acme/Wallet.kt", CLASS_SOURCE },
	{ "app/src/main/java/com/acme/build/Plan.kt", CLASS_SOURCE },
	{ "app/src/main/java/com/acme/vendor/Shop.java", CLASS_SOURCE },
	{ "Sources/Shop/Vendor/Shop.swift", CLASS_SOURCE },
	{ "src/main/kotlin/Contest.kt", CLASS_SOURCE },
	{ "App/Latest.swift", CLASS_SOURCE },
	{ "App/Inspect.swift", CLASS_SOURCE },
	{ "App/KIT.java", CLASS_SOURCE },

	{ "WalletTests/SessionTests.swift", CLASS_TEST },
	{ "WalletTests/Helpers.swift", CLASS_TEST },
	{ "WalletUITests/LoginFlow.swift", CLASS_TEST },
	{ "Tests/CoreTests/A.swift", CLASS_TEST },
	{ "app/src/test/java/com/acme/WalletTest.kt", CLASS_TEST },
	{ "app/src/androidTest/java/com/acme/Flow.kt", CLASS_TEST },
	{ "app/src/testDebug/java/com/acme/Flow.kt", CLASS_TEST },
	{ "shared/src/commonTest/kotlin/A.kt", CLASS_TEST },
	{ "app/src/main/java/com/acme/WalletIT.java", CLASS_TEST },
	{ "test/widget_test.dart", CLASS_TEST },
	{ "src/__tests__/index.ts", CLASS_TEST },
	{ "src/index.spec.ts", CLASS_TEST },

	{ "Pods/AFNetworking/A.m", CLASS_VENDORED },
	{ "example/ios/Pods/Podfile.lock", CLASS_VENDORED },
	{ "Carthage/Checkouts/A/A.swift", CLASS_VENDORED },
	{ "node_modules/react/index.js", CLASS_VENDORED },
	{ "vendor/lib.c", CLASS_VENDORED },
	{ "Frameworks/Pay.xcframework/Info.plist", CLASS_VENDORED },

	{ "App/Generated/Strings.swift", CLASS_GENERATED },
	{ "build/Wallet.swift", CLASS_GENERATED },
	{ "app/build/generated/source/A.java", CLASS_GENERATED },
	{ "App/R.swift", CLASS_GENERATED },
	{ "App/wallet.pb.swift", CLASS_GENERATED },
	{ "lib/wallet.g.dart", CLASS_GENERATED },

	{ "Podfile.lock", CLASS_LOCK },
	{ "yarn.lock", CLASS_LOCK },
	{ "App.xcodeproj/project.xcworkspace/xcshareddata/swiftpm/Package.resolved", CLASS_LOCK },
	{ "gradle.lockfile", CLASS_LOCK },
	{ "App.xcodeproj/project.pbxproj", CLASS_PROJECT },
	{ "App.xcworkspace/contents.xcworkspacedata", CLASS_PROJECT },
	{ "App.xcodeproj/xcshareddata/xcschemes/App.xcscheme", CLASS_PROJECT },
	{ ".idea/misc.xml", CLASS_PROJECT },
	{ "App/Base.lproj/Main.storyboard", CLASS_INTERFACE },
	{ "App/Cell.xib", CLASS_INTERFACE },
	{ "app/src/main/res/layout/activity_main.xml", CLASS_INTERFACE },
	{ "app/src/main/res/layout-land/activity_main.xml", CLASS_INTERFACE },
	{ "app/src/main/res/xml/network_security_config.xml", CLASS_CONFIG },
	{ "app/layout/x.xml", CLASS_CONFIG },
	{ "App/de.lproj/Localizable.strings", CLASS_STRINGS },
	{ "App/Localizable.xcstrings", CLASS_STRINGS },
	{ "app/src/main/res/values-de/strings.xml", CLASS_STRINGS },
	{ "app/build.gradle", CLASS_GRADLE },
	{ "settings.gradle.kts", CLASS_GRADLE },
	{ "gradle/libs.versions.toml", CLASS_GRADLE },
	{ "app/src/main/AndroidManifest.xml", CLASS_MANIFEST },
	{ "App/Info.plist", CLASS_PLIST },
	{ "WalletTests/Info.plist", CLASS_PLIST },
	{ "App/App.entitlements", CLASS_ENTITLEMENTS },
	{ "app/proguard-rules.pro", CLASS_PROGUARD },
	{ "app/consumer-rules.pro", CLASS_PROGUARD },
	{ "App/Assets.xcassets/Icon.imageset/Contents.json", CLASS_ASSET },
	{ "app/src/main/res/drawable/logo.xml", CLASS_ASSET },
	{ "App/logo.PNG", CLASS_ASSET },
	{ "README.md", CLASS_DOCUMENT },
	{ "LICENSE", CLASS_DOCUMENT },
	{ "Package.swift", CLASS_CONFIG },
	{ ".swiftlint.yml", CLASS_CONFIG },
	{ "App/Debug.xcconfig", CLASS_CONFIG },
	{ "local.properties", CLASS_CONFIG },
	{ "fastlane/Fastfile", CLASS_CONFIG },
	{ "gradle/wrapper/gradle-wrapper.jar", CLASS_OTHER },
	{ "bin/tool", CLASS_OTHER },
	{ "", CLASS_OTHER },
	{ "a/", CLASS_OTHER },
	{ "\xff/\xfe.swift", CLASS_SOURCE },
};
/* clang-format on */

Test(paths, class_by_path)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		enum file_class found = class_of_path(cases[i].path);

		cr_expect(found == cases[i].file_class, "'%s' is %s, not %s",
			  cases[i].path, class_name(found),
			  class_name(cases[i].file_class));
	}
}

Test(paths, own_even_where_others_would_be)
{
	cr_expect(class_of_own("Pods/Ours/A.swift") == CLASS_SOURCE);
	cr_expect(class_of_own("Pods/Ours/ATests.swift") == CLASS_TEST);
	cr_expect(class_of_own("Generated/Podfile.lock") == CLASS_LOCK);
}

Test(paths, each_class_has_its_own_name)
{
	for (int i = 0; i < CLASS_COUNT; i++)
		for (int j = 0; j < i; j++)
			cr_expect(ne(str, (char *)class_name(i),
				     (char *)class_name(j)));
}

Test(paths, what_people_read_line_by_line)
{
	cr_expect(class_is_reviewed(CLASS_SOURCE));
	cr_expect(class_is_reviewed(CLASS_MANIFEST));
	cr_expect(class_is_reviewed(CLASS_OTHER));
	cr_expect(not(class_is_reviewed(CLASS_LOCK)));
	cr_expect(not(class_is_reviewed(CLASS_VENDORED)));
}
