#include "code/personal.h"

#include <endian.h>
#include <stdint.h>

#include "code/personal_scan.h"

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

void personal_report(struct personal_scan *scan, const struct personal_hit *hit)
{
	if (hit->start < scan->end[hit->kind])
		return;
	scan->end[hit->kind] = hit->end;
	scan->found(hit, scan->payload);
}

static bool is_digit(char ch)
{
	return ch >= '0' && ch <= '9';
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
	struct personal_scan scan = {
		.text = text, .len = len, .found = found, .payload = payload
	};
	size_t at = 0;

	while ((at = next_of_interest(text, at, len)) < len) {
		if (text[at] == '@') {
			look_for_email(&scan, at++);
		} else if (text[at] == '+') {
			look_for_phone(&scan, at++);
		} else {
			look_for_numbers(&scan, at);
			while (at < len && is_digit(text[at]))
				at++;
		}
	}
}
