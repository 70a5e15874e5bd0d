#include "unit.h"

#include <string.h>

#include "code/personal.h"
#include "core/buf.h"

struct reading {
	const char *text;
	struct buf out;
};

static void note(const struct personal_hit *hit, void *payload)
{
	struct reading *reading = payload;

	buf_addf(&reading->out, "%s%s:%.*s|", personal_id(hit->kind),
		 hit->sample ? "?" : "", (int)(hit->end - hit->start),
		 reading->text + hit->start);
}

struct expectation {
	const char *text;
	const char *found;
};

static void check(const struct expectation *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct reading reading = { .text = cases[i].text };

		buf_init(&reading.out, 65536);
		personal_scan(cases[i].text, strlen(cases[i].text), note,
			      &reading);
		cr_assert(eq(str, reading.out.ptr, (char *)cases[i].found),
			  "%s", cases[i].text);
		buf_release(&reading.out);
	}
}

#define CHECK(cases) check(cases, sizeof(cases) / sizeof((cases)[0]))

Test(personal, tells_addresses_from_what_has_an_at)
{
	static const struct expectation cases[] = {
		{ "ada.l+x@lovelace.io", "email:ada.l+x@lovelace.io|" },
		{ "<ada@mail.lovelace.co.uk>",
		  "email:ada@mail.lovelace.co.uk|" },
		{ "to:\\nada@lovelace.io.", "email:ada@lovelace.io|" },
		{ "git@github.com:a/b.git", "" },
		{ "this@MainActivity.app", "" },
		{ "icon@2x.png", "" },
		{ "left-pad@1.3.0", "" },
		{ "ada@example.com bob@users.noreply.github.com", "" },
		{ "it@list.name(", "" },
		{ "@Test a @ b.com", "" },
		{ "@", "" },
		{ "a@", "" },
		{ "a@b", "" },
		{ "a@b.", "" },
	};

	CHECK(cases);
}

Test(personal, tells_phone_numbers_from_sums)
{
	static const struct expectation cases[] = {
		{ "call +49 30 901820-17 now", "phone:+49 30 901820-17|" },
		{ "\"+14155552671\"", "phone:+14155552671|" },
		{ "tel:+44 (0)20 7946 0958", "phone:+44 (0)20 7946 0958|" },
		{ "x +123", "" },
		{ "5 +4930901820178", "" },
		{ "f(x) +4930901820178", "" },
		{ "+1 415 555 0123", "" },
		{ "'+1234567890123'", "" },
		{ "'+490000000000'", "" },
		{ "+", "" },
	};

	CHECK(cases);
}

Test(personal, checks_the_sums_of_accounts_and_cards)
{
	static const struct expectation cases[] = {
		{ "DE75512108001245126199", "iban:DE75512108001245126199|" },
		{ "iban: 'DE75 5121 0800 1245 1261 99'",
		  "iban:DE75 5121 0800 1245 1261 99|" },
		{ "DE89370400440532013000", "iban?:DE89370400440532013000|" },
		{ "DE76512108001245126199", "" },
		{ "ADE75512108001245126199", "" },
		{ "NO9386011117947", "iban:NO9386011117947|" },
		{ "4539578763621486", "card:4539578763621486|" },
		{ "4539 5787 6362 1486", "card:4539 5787 6362 1486|" },
		{ "4539-5787-6362-1486.", "card:4539-5787-6362-1486|" },
		{ "4539 5787-6362 1486", "" },
		{ "4539578763621487", "" },
		{ "0.4539578763621486", "" },
		{ "a4539578763621486", "" },
		{ "4242 4242 4242 4242", "card?:4242 4242 4242 4242|" },
		{ "4111111111111111", "card?:4111111111111111|" },
		{ "1539578763621486", "" },
	};

	CHECK(cases);
}

Test(personal, tells_machines_from_versions)
{
	static const struct expectation cases[] = {
		{ "host = 93.184.216.34", "ip-address:93.184.216.34|" },
		{ "http://93.184.216.34:80/", "ip-address:93.184.216.34|" },
		{ "10.1.2.3 192.168.1.1 127.0.0.1 172.20.1.1", "" },
		{ "192.0.2.1 198.51.100.7 203.0.113.9 8.8.8.8 1.1.1.1", "" },
		{ "implementation 'a:b:93.184.216.34'", "" },
		{ "1.2.3.4", "" },
		{ "93.184.216.34.5 93.184.216.340 93.184.216.034", "" },
		{ "v93.184.216.34", "" },
		{ "93.184.216.34-beta", "" },
	};

	CHECK(cases);
}

Test(personal, asks_for_context_of_social_security)
{
	static const struct expectation cases[] = {
		{ "ssn = \"536-22-1234\"", "ssn:536-22-1234|" },
		{ "Social Security: 536-22-1234", "ssn:536-22-1234|" },
		{ "id = 536-22-1234", "" },
		{ "ssn 000-22-1234 666-22-1234 900-22-1234 536-00-1234", "" },
	};

	CHECK(cases);
}
