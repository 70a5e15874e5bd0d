#include <ctype.h>
#include <string.h>

#include "agents/prompt.h"

static const int class_risk[CLASS_COUNT] = {
	[CLASS_SOURCE] = 50,    [CLASS_TEST] = 20,    [CLASS_GENERATED] = 0,
	[CLASS_VENDORED] = 5,   [CLASS_LOCK] = 5,     [CLASS_PROJECT] = 10,
	[CLASS_INTERFACE] = 10, [CLASS_STRINGS] = 10, [CLASS_GRADLE] = 40,
	[CLASS_MANIFEST] = 60,  [CLASS_PLIST] = 50,   [CLASS_ENTITLEMENTS] = 60,
	[CLASS_PROGUARD] = 30,  [CLASS_ASSET] = 0,    [CLASS_DOCUMENT] = 5,
	[CLASS_CONFIG] = 30,    [CLASS_OTHER] = 20,
};

/* Words in a path that speak of what must not go wrong. */
static const char *const grave_words[] = {
	"auth",       "login",    "session",   "token",    "crypt",
	"keychain",   "secret",   "password",  "payment",  "wallet",
	"checkout",   "biometr",  "network",   "http",     "ssl",
	"tls",        "webview",  "migration", "database", "persist",
	"permission", "deeplink", "push",
};

static bool holds_word(const char *path, const char *word)
{
	size_t len = strlen(word);

	for (; *path; path++) {
		size_t i = 0;

		while (i < len && tolower((unsigned char)path[i]) == word[i])
			i++;
		if (i == len)
			return true;
	}
	return false;
}

int prompt_risk(const struct changed_file *file)
{
	int risk = class_risk[file->file_class];

	if (risk < 20)
		return risk;
	for (size_t i = 0; i < ARRAY_LEN(grave_words); i++) {
		if (holds_word(file->path, grave_words[i])) {
			risk += 30;
			break;
		}
	}
	if (file->additions > 100)
		risk += 10;
	return risk > 100 ? 100 : risk;
}
