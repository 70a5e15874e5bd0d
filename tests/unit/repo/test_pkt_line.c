#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "byte_source.h"
#include "core/alloc.h"
#include "repo/advert.h"
#include "repo/pkt_line.h"
#include "repo/side_band.h"

#define ID_A "1111111111111111111111111111111111111111"
#define ID_B "2222222222222222222222222222222222222222"

static struct byte_source source;
static struct pkt_reader reader;

static void read_from(const char *bytes, size_t len, size_t piece)
{
	source = (struct byte_source){ bytes, len, 0, piece };
	pkt_reader_init(&reader, byte_source_read, &source);
}

static void read_text(const char *text)
{
	read_from(text, strlen(text), 7);
}

Test(pkt_line, reads_what_was_written)
{
	struct err err = ERR_INIT;
	struct buf out;
	struct pkt pkt;
	char *longest = xcalloc(1, PKT_MAX_BYTES);
	static const size_t pieces[] = { 1, 3, 70000 };

	buf_init(&out, 1000000);
	pkt_addf(&out, "number %d\n", 7);
	pkt_add(&out, "a\0b", 3);
	pkt_add(&out, "", 0);
	pkt_add_delimiter(&out);
	pkt_add(&out, longest, PKT_MAX_BYTES - 4);
	pkt_add_flush(&out);
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		read_from(out.ptr, out.len, pieces[i]);
		must(pkt_read_text(&pkt, &reader, &err));
		cr_assert(eq(str, (char *)pkt.data, "number 7"));
		must(pkt_read(&pkt, &reader, &err));
		cr_assert(eq(sz, pkt.len, 3));
		cr_assert(zero(memcmp(pkt.data, "a\0b", 4)));
		must(pkt_read(&pkt, &reader, &err));
		cr_assert(eq(int, pkt.kind, PKT_DATA));
		cr_assert(eq(sz, pkt.len, 0));
		must(pkt_read(&pkt, &reader, &err));
		cr_assert(eq(int, pkt.kind, PKT_DELIMITER));
		must(pkt_read(&pkt, &reader, &err));
		cr_assert(eq(sz, pkt.len, PKT_MAX_BYTES - 4));
		must(pkt_read(&pkt, &reader, &err));
		cr_assert(eq(int, pkt.kind, PKT_FLUSH));
		must(pkt_read(&pkt, &reader, &err));
		cr_assert(eq(int, pkt.kind, PKT_END));
	}
	buf_release(&out);
	free(longest);
}

Test(pkt_line, refuses_what_git_does_not_write)
{
	static const char *const bad[] = { "0",        "000",    "zzzz",
					   "0003",     "fff1xx", "fff5",
					   "0008ab",   "<htm",   "-001",
					   "000aERR x" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = ERR_INIT;
		struct pkt pkt;

		read_text(bad[i]);
		must_fail(ERR_PROTOCOL, pkt_read(&pkt, &reader, &err));
	}
}

Test(advert, of_both_versions_is_understood)
{
	static const struct {
		const char *name, *text;
		int version;
		size_t refs;
		const char *head;
		bool is_atomic;
	} cases[] = {
		{ "v2",
		  "000eversion 2\n0015agent=git/2.39.5\n0013ls-refs=unborn\n"
		  "0000",
		  2, 0, NULL, false },
		{ "v2 behind a service line",
		  "001e# service=git-upload-pack\n0000000eversion 2\n0000", 2,
		  0, NULL, false },
		{ "v0",
		  "005d" ID_A " HEAD\0atomic symref=HEAD:refs/heads/main "
		  "side-ba\n"
		  "003d" ID_A " refs/heads/main\n"
		  "003d" ID_B " refs/tags/v1^{}\n"
		  "003d" ID_B " refs/../passwd1\n"
		  "0035shallow " ID_B "\n0000",
		  0, 2, "refs/heads/main", true },
		{ "v0 without refs",
		  "004f0000000000000000000000000000000000000000 "
		  "capabilities^{}\0report-st atomicx\n0000",
		  0, 0, NULL, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;
		struct advert advert;
		/* The texts hold a NUL; each ends in a flush. */
		size_t len = strlen(cases[i].text);

		while (memcmp(cases[i].text + len - 4, "0000", 4) != 0 ||
		       cases[i].text[len])
			len++;
		read_from(cases[i].text, len, 5);
		if (advert_read(&advert, &reader, &err) < 0)
			cr_fatal("%s: %s", cases[i].name, err.msg);
		cr_assert(eq(int, advert.version, cases[i].version));
		cr_assert(eq(sz, advert.refs.refs.len, cases[i].refs), "%s",
			  cases[i].name);
		cr_assert(eq(int, advert_has(&advert, "atomic"),
			     cases[i].is_atomic));
		if (cases[i].head)
			cr_assert(eq(str, advert.refs.head,
				     (char *)cases[i].head));
		advert_release(&advert);
	}
}

Test(advert, that_is_none_is_refused)
{
	static const struct {
		const char *text;
		enum err_code code;
	} cases[] = {
		{ "", ERR_PROTOCOL },
		{ "0009hello", ERR_PROTOCOL },
		{ "000eversion 2\n", ERR_PROTOCOL },
		{ "000eversion 2\n0019object-format=sha256\n0000",
		  ERR_INVALID },
		{ "003d" ID_A " refs/heads/main\n", ERR_PROTOCOL },
		{ "001dERR Repository not found\n", ERR_PROTOCOL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;
		struct advert advert;

		read_text(cases[i].text);
		must_fail(cases[i].code, advert_read(&advert, &reader, &err));
		advert_release(&advert);
	}
}

Test(side_band, sorts_data_from_text_and_stops_at_a_fatal_line)
{
	struct err err = ERR_INIT;
	struct buf said;
	const char *data;
	size_t len;

	buf_init(&said, 5);
	read_text("0008\001abc000b\002to you0005\0010006\001d0000");
	must(side_band_read(&data, &len, &reader, &said, &err));
	cr_assert(eq(sz, len, 3));
	cr_assert(zero(memcmp(data, "abc", 3)));
	must(side_band_read(&data, &len, &reader, &said, &err));
	cr_assert(eq(sz, len, 1));
	must(side_band_read(&data, &len, &reader, &said, &err));
	cr_assert(eq(sz, len, 0));
	cr_assert(eq(str, said.ptr, "to yo"));
	read_text("000c\003no way0000");
	must_fail(ERR_PROTOCOL,
		  side_band_read(&data, &len, &reader, &said, &err));
	cr_assert(strstr(err.msg, "no way") != NULL);
	read_text("0006\004x");
	must_fail(ERR_PROTOCOL,
		  side_band_read(&data, &len, &reader, &said, &err));
	read_text("0006\001x");
	must(side_band_read(&data, &len, &reader, &said, &err));
	must_fail(ERR_PROTOCOL,
		  side_band_read(&data, &len, &reader, &said, &err));
	buf_release(&said);
}
