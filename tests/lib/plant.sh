# shellcheck shell=sh
# Credentials made when a test runs, so that no file of ours holds one.

# letters N: so many letters and digits by chance, a digit among them.
letters()
{
	printf '7%s' "$(LC_ALL=C tr -dc 'a-zA-Z0-9' </dev/urandom | head -c $(($1 - 1)))"
}

# token: what a GitHub token looks like.
token()
{
	printf 'gh%s_%s' p "$(letters 36)"
}

# hex N: so many hexadecimal digits by chance.
hex()
{
	printf '9%s' "$(LC_ALL=C tr -dc '0-9a-f' </dev/urandom | head -c $(($1 - 1)))"
}

# plant_everywhere DIR NAME VALUE: the value in a file of each format in which
# apps are written, 20 of them.
plant_everywhere()
{
	mkdir -p "$1/ios" "$1/android/app/src/main/res/values" "$1/android/app/src/main/java"
	printf 'enum Keys {\n    static let %s: String = "%s"\n}\n' "$2" "$3" >"$1/ios/Typed.swift"
	printf 'func f() {\n    request.setValue("%s", forHTTPHeaderField: "%s")\n}\n' "$3" "$2" >"$1/ios/Header.swift"
	printf 'let v = ProcessInfo.processInfo.environment["%s"] ?? "%s"\n' "$2" "$3" >"$1/ios/Default.swift"
	printf 'static NSString * const %s = @"%s";\n' "$2" "$3" >"$1/ios/Keys.m"
	printf 'NSDictionary *d = @{ @"%s": @"%s" };\n' "$2" "$3" >"$1/ios/Dictionary.mm"
	printf '#define %s @"%s"\n' "$2" "$3" >"$1/ios/Keys.h"
	printf '<plist version="1.0"><dict>\n\t<key>%s</key>\n\t<string>%s</string>\n</dict></plist>\n' "$2" "$3" >"$1/ios/Info.plist"
	printf '%s = %s\n' "$2" "$3" >"$1/ios/Release.xcconfig"
	printf '"%s" = "%s";\n' "$2" "$3" >"$1/ios/Localizable.strings"
	printf 'private const val %s: String = "%s"\n' "$2" "$3" >"$1/android/app/src/main/java/Typed.kt"
	printf 'fun f() = builder.addHeader("%s", "%s")\n' "$2" "$3" >"$1/android/app/src/main/java/Header.kt"
	printf 'class K { static final String %s = "%s"; }\n' "$2" "$3" >"$1/android/app/src/main/java/K.java"
	printf '<resources>\n  <string name="%s">%s</string>\n</resources>\n' "$2" "$3" >"$1/android/app/src/main/res/values/strings.xml"
	printf '<manifest><application>\n<meta-data\n  android:name="%s"\n  android:value="%s" />\n</application></manifest>\n' "$2" "$3" >"$1/android/app/src/main/AndroidManifest.xml"
	printf 'android { defaultConfig {\n  buildConfigField "String", "%s", "\\"%s\\""\n} }\n' "$2" "$3" >"$1/android/app/build.gradle"
	printf 'android { defaultConfig {\n  buildConfigField("String", "%s", "\\"%s\\"")\n} }\n' "$2" "$3" >"$1/android/build.gradle.kts"
	printf '%s=%s\n' "$2" "$3" >"$1/android/gradle.properties"
	printf 'export %s=%s\n' "$2" "$3" >"$1/.env"
	printf '{ "%s": "%s" }\n' "$2" "$3" >"$1/config.json"
	printf 'env:\n  %s: %s\n' "$2" "$3" >"$1/ci.yml"
}
