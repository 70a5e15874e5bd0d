#include "code/personal_scan.h"

#include "code/plausible.h"

#define MAX_LINE_LOOK 200 /* bytes of the line that may tell what it is */

/* How many digits follow `at`, with single separators; *end is behind the
 * last, *joints how many separators there were. */
static size_t read_digits(const struct personal_scan *scan, size_t at,
			  char *digits, size_t max, size_t *end)
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

static bool may_precede_phone(const struct personal_scan *scan, size_t at)
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

void look_for_phone(struct personal_scan *scan, size_t plus)
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
	personal_report(scan, &(struct personal_hit){ PERSONAL_PHONE, plus, end,
						      false });
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

static void look_for_iban(struct personal_scan *scan, size_t start)
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
	personal_report(
		scan, &(struct personal_hit){ PERSONAL_IBAN, start, at,
					      is_listed(iban, len, samples) });
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
static void look_for_card(struct personal_scan *scan, size_t start)
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
	personal_report(scan,
			&(struct personal_hit){ PERSONAL_CARD, start, at,
						is_test_card(digits, count) });
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
static bool line_says(const struct personal_scan *scan, size_t at,
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
static bool is_version(const struct personal_scan *scan, size_t start,
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

static void look_for_ip(struct personal_scan *scan, size_t start)
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
	personal_report(
		scan, &(struct personal_hit){ PERSONAL_IP, start, at, false });
}

static void look_for_ssn(struct personal_scan *scan, size_t start)
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
	personal_report(scan, &(struct personal_hit){ PERSONAL_SSN, start,
						      start + 11, false });
}

void look_for_numbers(struct personal_scan *scan, size_t start)
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
