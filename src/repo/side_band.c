#include "repo/side_band.h"

#include <string.h>

#include "core/text.h"

enum { BAND_DATA = 1, BAND_TEXT = 2, BAND_FATAL = 3 };

static int fail_fatal(const char *text, size_t len, struct err *err)
{
	struct buf clean;

	buf_init(&clean, sizeof(err->msg) / 2);
	text_add_clean(&clean, text, text_cut(text, len, sizeof(err->msg) / 4),
		       false);
	err_set(err, ERR_PROTOCOL, "the remote gave up: %s", clean.ptr);
	buf_release(&clean);
	return -1;
}

static void keep_text(struct buf *said, const char *text, size_t len)
{
	size_t room = said->max - said->len;

	buf_add(said, text, len < room ? len : room);
}

int side_band_read(const char **data, size_t *len, struct pkt_reader *reader,
		   struct buf *said, struct err *err)
{
	struct pkt pkt;

	for (;;) {
		if (pkt_read(&pkt, reader, err) < 0)
			return -1;
		*data = pkt.data + 1;
		*len = pkt.len ? pkt.len - 1 : 0;
		if (pkt.kind == PKT_FLUSH) {
			*len = 0;
			return 0;
		}
		if (pkt.kind != PKT_DATA || pkt.len == 0)
			return err_set(err, ERR_PROTOCOL,
				       "the reply broke off");
		switch (pkt.data[0]) {
		case BAND_DATA:
			if (*len > 0)
				return 0;
			break;
		case BAND_TEXT:
			keep_text(said, *data, *len);
			break;
		case BAND_FATAL:
			return fail_fatal(*data, *len, err);
		default:
			return err_set(err, ERR_PROTOCOL,
				       "a line of unknown kind");
		}
	}
}
