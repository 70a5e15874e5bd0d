/* What a server may send first: advertisements and listings of refs. */
#include <stdint.h>
#include <stdlib.h>

#include "byte_source.h"
#include "repo/advert.h"
#include "repo/repo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_both(struct pkt_reader *reader, struct byte_source *source)
{
	static const char *const prefixes[] = { "refs/heads/", "HEAD" };
	struct err err;
	struct advert advert;
	struct remote_refs refs;

	source->at = 0;
	pkt_reader_init(reader, byte_source_read, source);
	if (!advert_read(&advert, reader, &err)) {
		(void)advert_has(&advert, "atomic");
		remote_refs_filter(&advert.refs, prefixes, 2);
		(void)remote_refs_find(&advert.refs, "refs/heads/main");
	}
	advert_release(&advert);
	source->at = 0;
	pkt_reader_init(reader, byte_source_read, source);
	if (!ls_refs_read(&refs, reader, &err))
		remote_refs_filter(&refs, NULL, 0);
	remote_refs_release(&refs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pkt_reader reader;
	static int is_set_up;
	struct byte_source source = { (const char *)data, size, 0,
				      size % 7 + 1 };

	if (!is_set_up) {
		repo_setup();
		is_set_up = 1;
	}
	read_both(&reader, &source);
	return 0;
}
