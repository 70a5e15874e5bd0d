#include "code/personal_scan.h"

#define MAX_LOCAL_PART 64
#define MAX_DOMAIN     253

static bool is_local_byte(unsigned char ch)
{
	return isalnum(ch) || ch == '.' || ch == '_' || ch == '%' ||
	       ch == '+' || ch == '-';
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
static size_t domain_end(const struct personal_scan *scan, size_t at,
			 size_t *top)
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

void look_for_email(struct personal_scan *scan, size_t sign)
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
	personal_report(scan, &(struct personal_hit){ PERSONAL_EMAIL, start,
						      end, false });
}
