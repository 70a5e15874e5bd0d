#include "code/plausible.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "code/literals.h"
#include "core/alloc.h"
#include "core/attr.h"

/* Entropy enough for letters and digits chosen by a machine. */
#define RANDOM_ENTROPY 33

#define LONGEST_WITH_WORDS 64
#define LOGARITHMS         256

/* What a word in a value or name tells; bits. */
enum word_class {
	WORD_SIGN = 1 << 0, /* something is put in here later */
	WORD_PLACEHOLDER = 1 << 1,
	WORD_SAMPLE = 1 << 2,    /* of a documentation */
	WORD_REFERENCE = 1 << 3, /* code or an address */
	WORD_PASSWORD = 1 << 4,  /* speaks of passwords, so is none */
	WORD_HARMLESS = 1 << 5,  /* in a name */
};

static const struct {
	enum word_class class;
	const char *const *words;
} lists[] = {
	{ WORD_SIGN, (const char *const[]){ "${", "$(", "{{", "#{", "<#", "\\(",
					    "%s", "%@", "%1$", "...", "****",
					    "\xe2\x80\xa6", NULL } },
	{ WORD_PLACEHOLDER,
	  (const char *const[]){
		  "changeme",   "change_me",   "change-me", "placeholder",
		  "your_",      "your-",       "yourapi",   "yourtoken",
		  "yoursecret", "yourkey",     "yourpass",  "my_secret",
		  "my-secret",  "mysecret",    "insert_",   "insert-",
		  "replace_",   "replace-",    "replaceme", "dummy",
		  "redacted",   "not_a_real",  "notareal",  "fake_",
		  "fake-",      "fakekey",     "faketoken", "some_secret",
		  "_here",      "-here",       "@string/",  "process.env",
		  "getenv",     "buildconfig", "secrets.",  NULL } },
	{ WORD_SAMPLE,
	  (const char *const[]){ "example", "sample", "1234567890",
				 "0123456789", "abcdefgh", NULL } },
	{ WORD_REFERENCE,
	  (const char *const[]){ "://", "()", "->", "::", "==", "&&", "||",
				 "=>", "~>", NULL } },
	{ WORD_PASSWORD,
	  (const char *const[]){ "password", "passwd", "passcode", "token",
				 "secret", "android", "string", NULL } },
	{ WORD_HARMLESS,
	  (const char *const[]){
		  "hash",      "digest",       "checksum",    "public",
		  "url",       "uri",          "path",        "type",
		  "label",     "title",        "hint",        "message",
		  "error",     "regex",        "pattern",     "placeholder",
		  "format",    "prefix",       "suffix",      "endpoint",
		  "length",    "count",        "expir",       "tokeniz",
		  "secretary", "passwordless", "field",       "column",
		  "version",   "integrity",    "fingerprint", "selector",
		  "namespace", "identifier",   "description", NULL } },
};

struct plausible {
	struct literals *words;
	double logarithm[LOGARITHMS + 1]; /* of its place, times it */
};

struct plausible *plausible_new(void)
{
	struct plausible *plausible = xcalloc(1, sizeof(*plausible));
	struct literal items[128];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const char *const *word = lists[i].words;

		for (; *word && count < ARRAY_LEN(items); word++)
			items[count++] =
				(struct literal){ *word, true,
						  (unsigned)lists[i].class };
	}
	plausible->words = literals_new(items, count);
	for (size_t i = 1; i <= LOGARITHMS; i++)
		plausible->logarithm[i] = (double)i * log2((double)i);
	return plausible;
}

void plausible_free(struct plausible *plausible)
{
	if (!plausible)
		return;
	literals_free(plausible->words);
	free(plausible);
}

static void on_word(unsigned id, size_t start, void *payload)
{
	unsigned *classes = payload;

	(void)start;
	*classes |= id;
}

/* Which classes of words are in `text`. */
static unsigned classes_in(const struct plausible *plausible, const char *text,
			   size_t len)
{
	unsigned classes = 0;

	literals_scan(plausible->words, text, len, on_word, &classes);
	return classes;
}

bool is_harmless_name(const struct plausible *plausible, const char *name,
		      size_t len)
{
	return classes_in(plausible, name, len) & WORD_HARMLESS;
}

static double times_logarithm(const struct plausible *plausible, size_t count)
{
	return count <= LOGARITHMS ? plausible->logarithm[count]
				   : (double)count * log2((double)count);
}

unsigned text_entropy(const struct plausible *plausible, const char *text,
		      size_t len)
{
	unsigned count[256] = { 0 };
	double sum = 0;

	if (!len)
		return 0;
	for (size_t i = 0; i < len; i++)
		count[(unsigned char)text[i]]++;
	for (size_t i = 0; i < ARRAY_LEN(count); i++)
		sum += times_logarithm(plausible, count[i]);
	return (unsigned)((times_logarithm(plausible, len) - sum) * 10 /
				  (double)len +
			  0.0001);
}

bool has_word(const char *text, size_t len, const char *word)
{
	size_t word_len = strlen(word);

	for (size_t i = 0; i + word_len <= len; i++) {
		size_t k = 0;

		while (k < word_len &&
		       tolower((unsigned char)text[i + k]) == word[k])
			k++;
		if (k == word_len)
			return true;
	}
	return false;
}

/* The longest run of one byte, or of bytes each one more than the last. */
static size_t longest_run(const char *text, size_t len, int step)
{
	size_t longest = len ? 1 : 0;
	size_t run = 1;

	for (size_t i = 1; i < len; i++) {
		run = text[i] - text[i - 1] == step ? run + 1 : 1;
		if (run > longest)
			longest = run;
	}
	return longest;
}

bool is_placeholder(const struct plausible *plausible, const char *text,
		    size_t len)
{
	unsigned classes = classes_in(plausible, text, len);
	size_t run;

	if (len >= 2 && text[0] == '<' && text[len - 1] == '>')
		return true;
	if (len >= 2 && (text[0] == '$' || text[0] == '@') &&
	    (isalpha((unsigned char)text[1]) || text[1] == '_'))
		return true;
	run = longest_run(text, len, 0);
	if (run >= 5 && run * 5 > len)
		return true;
	/* In a long random text any short word turns up by itself. */
	return classes & WORD_SIGN ||
	       (len <= LONGEST_WITH_WORDS && classes & WORD_PLACEHOLDER);
}

bool is_documented_sample(const struct plausible *plausible, const char *text,
			  size_t len)
{
	return classes_in(plausible, text, len) & WORD_SAMPLE ||
	       longest_run(text, len, 1) >= 8;
}

struct make_up {
	size_t letters;
	size_t capitals;
	size_t digits;
	size_t signs;
	size_t spaces;
	size_t changes; /* from letter to digit and back */
	size_t vowels;
};

static struct make_up make_up_of(const char *text, size_t len)
{
	struct make_up made = { 0 };

	for (size_t i = 0; i < len; i++) {
		unsigned char ch = (unsigned char)text[i];

		made.letters += isalpha(ch) != 0;
		made.capitals += isupper(ch) != 0;
		made.digits += isdigit(ch) != 0;
		made.spaces += isspace(ch) != 0;
		made.signs += ispunct(ch) != 0;
		made.changes += i &&
				!isdigit(ch) !=
					!isdigit((unsigned char)text[i - 1]);
	}
	return made;
}

/* Longest piece of small letters (with a capital before them) that could be
 * spoken: a word. */
static size_t longest_word(const char *text, size_t len)
{
	size_t longest = 0;
	size_t run = 0;
	size_t vowels = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char ch = (unsigned char)text[i];

		if (!islower(ch))
			run = vowels = 0;
		if (!isalpha(ch))
			continue;
		run++;
		vowels += strchr("aeiouAEIOU", ch) != NULL;
		if (run > longest && vowels * 10 >= run * 3)
			longest = run;
	}
	return longest;
}

static bool is_uuid(const char *text, size_t len)
{
	if (len != 36)
		return false;
	for (size_t i = 0; i < len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return true;
}

/* An address, a path or a call: anything but one opaque word. */
static bool is_reference(const char *text, size_t len, unsigned classes)
{
	size_t slashes = 0;
	size_t dots = 0;

	for (size_t i = 0; i < len; i++) {
		slashes += text[i] == '/';
		dots += text[i] == '.';
	}
	return classes & WORD_REFERENCE || text[0] == '/' || text[0] == '.' ||
	       text[0] == '#' || slashes > 3 || dots > 2;
}

bool looks_random(const struct plausible *plausible, const char *text,
		  size_t len)
{
	struct make_up made = make_up_of(text, len);

	if (len < 16 || made.spaces || !made.digits || made.letters < 2)
		return false;
	if ((made.digits < 2 || made.changes < 3) && made.capitals < 4)
		return false;
	if (made.signs * 5 > len)
		return false;
	if (is_reference(text, len, classes_in(plausible, text, len)) ||
	    is_uuid(text, len))
		return false;
	if (longest_word(text, len) > 7)
		return false;
	return text_entropy(plausible, text, len) >= RANDOM_ENTROPY;
}

/* small letters and digits in pieces joined by one of "_-.:": a name. */
static bool is_joined_words(const char *text, size_t len)
{
	size_t joints = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char ch = (unsigned char)text[i];

		joints += ch && strchr("_-.:/", ch) != NULL;
		if (!isalnum(ch) && !(ch && strchr("_-.:/", ch)))
			return false;
	}
	return joints > 0;
}

bool looks_like_password(const struct plausible *plausible, const char *text,
			 size_t len)
{
	unsigned classes = classes_in(plausible, text, len);
	struct make_up made = make_up_of(text, len);

	if (len < 6 || made.spaces || !made.letters)
		return false;
	if (!made.digits && !made.signs &&
	    (made.capitals < 3 || longest_word(text, len) > 4))
		return false;
	if (is_reference(text, len, classes) || is_joined_words(text, len))
		return false;
	if (classes & WORD_PASSWORD && made.digits + made.signs < 4)
		return false;
	if (memchr(text, '(', len) || memchr(text, '{', len) ||
	    memchr(text, '[', len) || memchr(text, ',', len) ||
	    memchr(text, ';', len) || memchr(text, '\\', len))
		return false;
	return text_entropy(plausible, text, len) >= 24;
}

bool is_common_password(const char *text, size_t len)
{
	static const char *const words[] = {
		"password",    "passwd",   "pass",    "pwd",
		"pw",          "secret",   "token",   "user",
		"username",    "key",      "port",    "x",
		"postgres",    "root",     "admin",   "guest",
		"test",        "mysecret", "android", "storepassword",
		"keypassword", NULL
	};

	for (const char *const *word = words; *word; word++) {
		if (strlen(*word) == len && has_word(text, len, *word))
			return true;
	}
	return memchr(text, '$', len) || memchr(text, '{', len) ||
	       memchr(text, '%', len) == text;
}

static int base64_value(char ch)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = ch ? strchr(digits, ch) : NULL;

	return at ? (int)(at - digits) : -1;
}

bool is_basic_credentials(const char *text, size_t len)
{
	uint32_t bits = 0;
	unsigned held = 0;
	size_t colon = 0;
	size_t bytes = 0;

	for (size_t i = 0; i < len && text[i] != '='; i++) {
		int value = base64_value(text[i]);
		unsigned char ch;

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		ch = (unsigned char)(bits >> held & 0xFF);
		if (ch < 0x20 || ch == 0x7F)
			return false;
		bytes++;
		if (ch == ':' && !colon)
			colon = bytes;
	}
	return colon > 1 && bytes > colon + 2;
}
