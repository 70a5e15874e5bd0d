#include "code/personal.h"

#include <ctype.h>
#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "code/plausible.h"
#include "core/attr.h"

#define MAX_LOCAL_PART 64
#define MAX_DOMAIN     253
#define MAX_LINE_LOOK  200 /* bytes of the line that may speak of an SSN */

struct scan {
	const char *text;
	size_t len;
	size_t end[PERSONAL_KINDS]; /* end of the last hit of each kind */
	personal_found_fn *found;
	void *payload;
};

static const struct {
	const char *id;
	const char *title;
	enum severity severity;
} names[PERSONAL_KINDS] = {
	[PERSONAL_EMAIL] = { "email", "E-mail address", SEVERITY_INFO },
	[PERSONAL_PHONE] = { "phone", "Phone number", SEVERITY_INFO },
	[PERSONAL_IBAN] = { "iban", "Bank account (IBAN)", SEVERITY_MAJOR },
	[PERSONAL_CARD] = { "card", "Payment card number", SEVERITY_MAJOR },
	[PERSONAL_IP] = { "ip-address", "Public IP address", SEVERITY_INFO },
	[PERSONAL_SSN] = { "ssn", "Social security number", SEVERITY_MAJOR },
};

const char *personal_id(enum personal_kind kind)
{
	return names[kind].id;
}

const char *personal_title(enum personal_kind kind)
{
	return names[kind].title;
}

enum severity personal_severity(enum personal_kind kind)
{
	return names[kind].severity;
}

/* The byte at `at`, 0 outside. */
static unsigned char byte_at(const struct scan *scan, size_t at)
{
	return at < scan->len ? (unsigned char)scan->text[at] : 0;
}

static unsigned char byte_before(const struct scan *scan, size_t at)
{
	return at ? (unsigned char)scan->text[at - 1] : 0;
}

static void report(struct scan *scan, enum personal_kind kind, size_t start,
		   size_t end, bool sample)
{
	struct personal_hit hit = { kind, start, end, sample };

	if (start < scan->end[kind])
		return;
	scan->end[kind] = end;
	scan->found(&hit, scan->payload);
}

static bool is_digit(char ch)
{
	return ch >= '0' && ch <= '9';
}

static bool is_word(unsigned char ch)
{
	return isalnum(ch) || ch == '_';
}

/* e-mail */

static bool is_local_byte(unsigned char ch)
{
	return isalnum(ch) || ch == '.' || ch == '_' || ch == '%' ||
	       ch == '+' || ch == '-';
}

static bool equals(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(text, word, len) == 0;
}

static bool is_listed(const char *text, size_t len, const char *const *list)
{
	for (; *list; list++) {
		if (equals(text, len, *list))
			return true;
	}
	return false;
}

static bool ends_with(const char *text, size_t len, const char *end)
{
	size_t end_len = strlen(end);

	return len >= end_len &&
	       memcmp(text + len - end_len, end, end_len) == 0;
}

/* Two letters are a country unless they are what files end in; of the longer
 * ones those that people have addresses under. */
static bool is_top_domain(const char *text, size_t len)
{
	static const char *const files[] = {
		"kt", "js", "ts", "mm", "py", NULL
	};
	static const char *const known[] = {
		"com",      "org",    "net",        "edu",         "gov",
		"mil",      "int",    "info",       "biz",         "name",
		"pro",      "dev",    "app",        "cloud",       "tech",
		"online",   "store",  "shop",       "site",        "xyz",
		"email",    "agency", "company",    "digital",     "studio",
		"group",    "team",   "software",   "systems",     "solutions",
		"services", "global", "network",    "world",       "live",
		"life",     "today",  "health",     "bank",        "finance",
		"games",    "media",  "news",       "blog",        "club",
		"mobi",     "tel",    "travel",     "jobs",        "asia",
		"coop",     "aero",   "berlin",     "london",      "paris",
		"nyc",      "tokyo",  "wien",       "swiss",       "ngo",
		"eco",      "design", "consulting", "engineering", "mail",
		"works",    "space",  "website",    "social",      "one",
		NULL
	};

	for (size_t i = 0; i < len; i++) {
		if (!islower((unsigned char)text[i]))
			return false;
	}
	if (len == 2)
		return !is_listed(text, len, files);
	return is_listed(text, len, known);
}

/* Nobody's: reserved, a robot's, or no address at all. */
static bool is_nobodys(const char *local, size_t local_len, const char *domain,
		       size_t domain_len)
{
	static const char *const locals[] = { "git",      "this",    "super",
					      "return",   "break",   "continue",
					      "it",       "noreply", "no-reply",
					      "hg",       "svn",     "user",
					      "username", "you",     "npm",
					      NULL };
	static const char *const domains[] = { "example.com",
					       "example.org",
					       "example.net",
					       "example.edu",
					       ".test",
					       ".example",
					       ".invalid",
					       "test.com",
					       "domain.com",
					       "email.com",
					       "foo.com",
					       "bar.com",
					       "noreply.github.com",
					       "yourdomain.com",
					       "company.com",
					       NULL };

	if (is_listed(local, local_len, locals))
		return true;
	for (const char *const *at = domains; *at; at++) {
		if (ends_with(domain, domain_len, *at))
			return true;
	}
	return false;
}

/* Behind the domain that begins at `at`; *top is where its last label is. */
static size_t domain_end(const struct scan *scan, size_t at, size_t *top)
{
	size_t from = at;

	*top = 0;
	while (at < scan->len && at - from < MAX_DOMAIN) {
		unsigned char ch = byte_at(scan, at);

		if (ch == '.') {
			if (!isalnum(byte_at(scan, at + 1)) ||
			    !isalnum(byte_before(scan, at)) || at == from)
				break;
			*top = at + 1;
		} else if (!isalnum(ch) && ch != '-') {
			break;
		}
		at++;
	}
	return at;
}

static void look_for_email(struct scan *scan, size_t sign)
{
	size_t start = sign;
	size_t top;
	size_t end = domain_end(scan, sign + 1, &top);
	unsigned char after = byte_at(scan, end);

	if (!top || after == '(' || after == '@' || after == '_')
		return;
	if (!is_top_domain(scan->text + top, end - top))
		return;
	while (start && sign - start < MAX_LOCAL_PART &&
	       is_local_byte(byte_before(scan, start)))
		start--;
	if (byte_before(scan, start) == '\\' && start < sign)
		start++;
	while (start < sign && !isalnum(byte_at(scan, start)))
		start++;
	if (start == sign || is_nobodys(scan->text + start, sign - start,
					scan->text + sign + 1, end - sign - 1))
		return;
	report(scan, PERSONAL_EMAIL, start, end, false);
}

/* phone */

/* How many digits follow `at`, with single separators; *end is behind the
 * last, *joints how many separators there were. */
static size_t read_digits(const struct scan *scan, size_t at, char *digits,
			  size_t max, size_t *end)
{
	size_t count = 0;
	size_t gap = 0;

	for (; at < scan->len && gap < 3; at++) {
		unsigned char ch = byte_at(scan, at);

		if (isdigit(ch)) {
			if (count == max)
				return max + 1;
			digits[count++] = (char)ch;
			*end = at + 1;
			gap = 0;
		} else if (ch && strchr(" -.()/", ch)) {
			gap++;
		} else {
			break;
		}
	}
	return count;
}

static bool has_run(const char *digits, size_t count)
{
	size_t same = 1;
	size_t rising = 1;

	for (size_t i = 1; i < count; i++) {
		same = digits[i] == digits[i - 1] ? same + 1 : 1;
		rising = digits[i] == digits[i - 1] + 1 ? rising + 1 : 1;
		if (same >= 5 || rising >= 6)
			return true;
	}
	return false;
}

static bool may_precede_phone(const struct scan *scan, size_t at)
{
	unsigned char before = byte_before(scan, at);

	if (!before || strchr("\"'(:>=,[", before))
		return true;
	if (before == '\n')
		return false;
	if (!isspace(before))
		return false;
	while (at && isblank(byte_before(scan, at)))
		at--;
	before = byte_before(scan, at);
	return !isdigit(before) && !strchr(")]}\"'_", before ? before : '_');
}

static void look_for_phone(struct scan *scan, size_t plus)
{
	char digits[16];
	size_t end = plus;
	size_t count;

	if (byte_at(scan, plus + 1) < '1' || byte_at(scan, plus + 1) > '9' ||
	    !may_precede_phone(scan, plus))
		return;
	count = read_digits(scan, plus + 1, digits, 15, &end);
	if (count < 10 || count > 15 || is_word(byte_at(scan, end)))
		return;
	if (digits[0] == '1' &&
	    (count != 11 || digits[1] < '2' || digits[4] < '2' ||
	     memcmp(digits + 4, "55501", 5) == 0))
		return;
	if (has_run(digits, count))
		return;
	report(scan, PERSONAL_PHONE, plus, end, false);
}

/* account and card numbers */

static unsigned iban_length(const char *country)
{
	static const char lengths[] =
		"AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24"
		"DE22DK18DO28EE20EG29ES24FI18FO18FR27GB22GE22GI23GL18GR27GT28"
		"HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20"
		"LV21LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25"
		"QA29RO24RS22SA24SC31SE24SI19SK24SM27ST25SV28TL23TN24TR26UA29"
		"VA22VG24XK20";

	for (const char *at = lengths; *at; at += 4) {
		if (at[0] == country[0] && at[1] == country[1])
			return (unsigned)((at[2] - '0') * 10 + at[3] - '0');
	}
	return 0;
}

/* The number with its first four characters moved behind, letters as 10 to 35,
 * must leave 1 when divided by 97. */
static bool iban_holds(const char *iban, size_t len)
{
	unsigned rest = 0;

	for (size_t i = 0; i < len; i++) {
		char ch = iban[(i + 4) % len];

		if (isdigit((unsigned char)ch))
			rest = (rest * 10 + (unsigned)(ch - '0')) % 97;
		else
			rest = (rest * 100 + (unsigned)(ch - 'A') + 10) % 97;
	}
	return rest == 1;
}

static void look_for_iban(struct scan *scan, size_t start)
{
	static const char *const samples[] = {
		"DE89370400440532013000", "GB29NWBK60161331926819",
		"GB82WEST12345698765432", "FR1420041010050500013M02606", NULL
	};
	char iban[40];
	size_t wanted = iban_length(scan->text + start);
	size_t len = 0;
	size_t at = start;

	if (!wanted || is_word(byte_before(scan, start)))
		return;
	while (len < wanted && at < scan->len) {
		unsigned char ch = byte_at(scan, at);

		if (isdigit(ch) || isupper(ch))
			iban[len++] = (char)ch;
		else if (ch != ' ' || len % 4)
			return;
		at++;
	}
	if (len < wanted || is_word(byte_at(scan, at)) ||
	    !iban_holds(iban, len))
		return;
	report(scan, PERSONAL_IBAN, start, at, is_listed(iban, len, samples));
}

static bool luhn_holds(const char *digits, size_t count)
{
	unsigned sum = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned digit = (unsigned)(digits[count - 1 - i] - '0');

		digit *= i % 2 + 1;
		sum += digit > 9 ? digit - 9 : digit;
	}
	return sum % 10 == 0;
}

static bool is_issued(const char *digits, size_t count)
{
	unsigned four = 0;

	for (size_t i = 0; i < 4; i++)
		four = four * 10 + (unsigned)(digits[i] - '0');
	if (count == 14)
		return (four >= 3000 && four <= 3059) || four / 100 == 36 ||
		       four / 100 == 38;
	if (count == 15)
		return four / 100 == 34 || four / 100 == 37;
	if (count != 16)
		return false;
	return four / 1000 == 4 || (four >= 5100 && four <= 5599) ||
	       (four >= 2221 && four <= 2720) || four == 6011 ||
	       four / 100 == 65 || (four >= 3528 && four <= 3589) ||
	       (four >= 6440 && four <= 6499);
}

static bool is_test_card(const char *digits, size_t count)
{
	static const char *const known[] = { "4012888888881881",
					     "5105105105105100",
					     "378282246310005",
					     "371449635398431",
					     "6011000990139424",
					     "30569309025904",
					     "38520000023237",
					     "5200828282828210",
					     "4000056655665556",
					     "4242424242424242",
					     "5454545454545454",
					     "36227206271667",
					     NULL };

	return is_listed(digits, count, known) || has_run(digits, count);
}

/* Digits in groups of four (or an issuer's own), or all in one. */
static void look_for_card(struct scan *scan, size_t start)
{
	char digits[20];
	size_t count = 0;
	size_t joints = 0;
	size_t at = start;
	unsigned char joint = 0;

	for (; at < scan->len && count < sizeof(digits); at++) {
		unsigned char ch = byte_at(scan, at);

		if (isdigit(ch)) {
			digits[count++] = (char)ch;
			continue;
		}
		if ((ch != ' ' && ch != '-') || !isdigit(byte_at(scan, at + 1)))
			break;
		if ((joint && ch != joint) || (!joint && count != 4))
			break;
		joint = ch;
		joints++;
	}
	if (count < 14 || count > 16 || joints > 3 ||
	    is_word(byte_at(scan, at)) || (joints && joints < 2))
		return;
	if (byte_at(scan, at) == '.' && isdigit(byte_at(scan, at + 1)))
		return;
	if (!is_issued(digits, count) || !luhn_holds(digits, count))
		return;
	report(scan, PERSONAL_CARD, start, at, is_test_card(digits, count));
}

/* addresses of machines, social security */

static bool is_public(const unsigned part[4])
{
	unsigned first = part[0];
	unsigned second = part[1];

	if (first == 0 || first == 10 || first == 127 || first >= 224)
		return false;
	if ((first == 100 && second >= 64 && second < 128) ||
	    (first == 169 && second == 254) ||
	    (first == 172 && second >= 16 && second < 32) ||
	    (first == 192 && second == 168) ||
	    (first == 198 && (second == 18 || second == 19)))
		return false;
	if ((first == 192 && second == 0) ||
	    (first == 198 && second == 51 && part[2] == 100) ||
	    (first == 203 && second == 0 && part[2] == 113))
		return false;
	/* Resolvers that everybody names. */
	return !(part[0] == part[1] && part[1] == part[2] &&
		 part[2] == part[3]) &&
	       !(first == 8 && second == 8);
}

/* The line up to `at` has one of `words`, in small letters. */
static bool line_says(const struct scan *scan, size_t at,
		      const char *const *words)
{
	size_t from = at;

	while (from && at - from < MAX_LINE_LOOK &&
	       byte_before(scan, from) != '\n')
		from--;
	for (; *words; words++) {
		if (has_word(scan->text + from, at - from, *words))
			return true;
	}
	return false;
}

/* Four small numbers are a version unless something says otherwise. */
static bool is_version(const struct scan *scan, size_t start,
		       const unsigned part[4])
{
	static const char *const versions[] = { "version",
						"sdk",
						"release",
						"v:",
						"pod ",
						"gradle",
						"implementation",
						"agent",
						"chrome",
						"safari",
						NULL };
	static const char *const machines[] = { "ip",  "host", "addr", "server",
						"://", "dns",  NULL };

	if (line_says(scan, start, versions))
		return true;
	for (size_t i = 0; i < 4; i++) {
		if (part[i] > 40)
			return false;
	}
	return !line_says(scan, start, machines);
}

static void look_for_ip(struct scan *scan, size_t start)
{
	unsigned part[4] = { 0 };
	size_t at = start;
	unsigned char before = byte_before(scan, start);

	for (unsigned i = 0; i < 4; i++) {
		size_t from = at;

		while (isdigit(byte_at(scan, at)) && at - from < 4)
			part[i] = part[i] * 10 + byte_at(scan, at++) - '0';
		if (at == from || at - from > 3 || part[i] > 255 ||
		    (at - from > 1 && byte_at(scan, from) == '0'))
			return;
		if (i < 3 && byte_at(scan, at++) != '.')
			return;
	}
	if (is_word(byte_at(scan, at)) || byte_at(scan, at) == '-' ||
	    (byte_at(scan, at) == '.' && isalnum(byte_at(scan, at + 1))))
		return;
	if (before == '-' || before == '~' || before == '^' ||
	    !is_public(part) || is_version(scan, start, part))
		return;
	report(scan, PERSONAL_IP, start, at, false);
}

static void look_for_ssn(struct scan *scan, size_t start)
{
	static const char *const words[] = { "ssn", "social", NULL };
	const char *text = scan->text + start;

	if (scan->len - start < 11 || text[3] != '-' || text[6] != '-' ||
	    is_word(byte_at(scan, start + 11)) ||
	    byte_at(scan, start + 11) == '-')
		return;
	for (size_t i = 0; i < 11; i++) {
		if (i != 3 && i != 6 && !isdigit((unsigned char)text[i]))
			return;
	}
	if (text[0] == '9' || memcmp(text, "000", 3) == 0 ||
	    memcmp(text, "666", 3) == 0 || memcmp(text + 4, "00", 2) == 0 ||
	    memcmp(text + 7, "0000", 4) == 0 || !line_says(scan, start, words))
		return;
	report(scan, PERSONAL_SSN, start, start + 11, false);
}

static void look_at_number(struct scan *scan, size_t start)
{
	unsigned char before = byte_before(scan, start);

	if (isupper(before) && start >= 2 &&
	    isupper((unsigned char)scan->text[start - 2])) {
		look_for_iban(scan, start - 2);
		return;
	}
	if (is_word(before) || before == '.')
		return;
	look_for_ip(scan, start);
	if (before == '-')
		return;
	look_for_ssn(scan, start);
	look_for_card(scan, start);
}

#define EACH_BYTE(value) (0x0101010101010101u * (value))

/* The high bit of the first byte in `bytes` below `bound` is the lowest one
 * set; 0 if there is none. */
static uint64_t bytes_below(uint64_t bytes, uint64_t bound)
{
	return (bytes - EACH_BYTE(bound)) & ~bytes & EACH_BYTE(0x80);
}

/* The first digit, "@" or "+" from `at` on; `len` if there is none. Eight bytes
 * at a time, since nearly all are something else. */
static size_t next_of_interest(const char *text, size_t at, size_t len)
{
	for (; len - at >= 8; at += 8) {
		uint64_t bytes;
		uint64_t found;

		memcpy(&bytes, text + at, sizeof(bytes));
		bytes = le64toh(bytes);
		found = bytes_below(bytes ^ EACH_BYTE('0'), 10) |
			bytes_below(bytes ^ EACH_BYTE('@'), 1) |
			bytes_below(bytes ^ EACH_BYTE('+'), 1);
		if (found)
			return at + (size_t)__builtin_ctzll(found) / 8;
	}
	while (at < len && text[at] != '@' && text[at] != '+' &&
	       !is_digit(text[at]))
		at++;
	return at;
}

void personal_scan(const char *text, size_t len, personal_found_fn *found,
		   void *payload)
{
	struct scan scan = {
		.text = text, .len = len, .found = found, .payload = payload
	};
	size_t at = 0;

	while ((at = next_of_interest(text, at, len)) < len) {
		if (text[at] == '@') {
			look_for_email(&scan, at++);
		} else if (text[at] == '+') {
			look_for_phone(&scan, at++);
		} else {
			look_at_number(&scan, at);
			while (at < len && is_digit(text[at]))
				at++;
		}
	}
}
