#include "repo/fetch_pack.h"

#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "repo/git.h"
#include "repo/object.h"
#include "repo/pack_sink.h"
#include "repo/side_band.h"

/* How many of our commits are told about. A poll's fetch finds common ground
 * among the first few; a mirror that is far behind needs a deeper look. */
enum { HAVES_FIRST = 64, HAVES_DEEP = 512 };

#define AGENT "agent=" PACKAGE_NAME "/" PACKAGE_VERSION

/* One fetch under way. */
struct negotiation {
	struct repo *repo;
	struct transport *transport;
	const struct oid_list *wants;
	struct oid_list haves;
	size_t common; /* of the haves: acknowledged, or sure from the start */
	bool is_ready; /* the server knows enough                  */
	bool has_pack; /* the reader stands before the pack        */
};

static void add_ids(struct buf *out, const char *word,
		    const struct oid_list *list, size_t count)
{
	char hex[OID_HEX_SIZE];

	for (size_t i = 0; i < list->len && i < count; i++) {
		oid_format(hex, &list->items[i]);
		pkt_addf(out, "%s %s\n", word, hex);
	}
}

static void ask_v2(struct buf *out, const struct negotiation *n, bool done)
{
	pkt_addf(out, "command=fetch\n");
	pkt_addf(out, AGENT);
	pkt_add_delimiter(out);
	pkt_addf(out, "thin-pack\n");
	pkt_addf(out, "ofs-delta\n");
	pkt_addf(out, "no-progress\n");
	add_ids(out, "want", n->wants, SIZE_MAX);
	add_ids(out, "have", &n->haves, SIZE_MAX);
	if (done)
		pkt_addf(out, "done\n");
	pkt_add_flush(out);
}

static void add_if_spoken(struct buf *out, const struct advert *advert,
			  const char *capability)
{
	if (advert_has(advert, capability))
		buf_addf(out, " %s", capability);
}

static int ask_v0(struct buf *out, const struct negotiation *n, struct err *err)
{
	const struct advert *advert = &n->transport->advert;
	char hex[OID_HEX_SIZE];
	struct oid_list rest = { .items = n->wants->items + 1,
				 .len = n->wants->len - 1 };
	struct buf line;

	if (!advert_has(advert, "side-band-64k"))
		return err_set(err, ERR_PROTOCOL, "the server is too old");
	buf_init(&line, 512);
	oid_format(hex, &n->wants->items[0]);
	buf_addf(&line, "want %s side-band-64k", hex);
	add_if_spoken(&line, advert, "thin-pack");
	add_if_spoken(&line, advert, "ofs-delta");
	add_if_spoken(&line, advert, "no-progress");
	if (advert_has(advert, "agent"))
		buf_addf(&line, " %s", AGENT);
	buf_addch(&line, '\n');
	pkt_add(out, line.ptr, line.len);
	buf_release(&line);
	add_ids(out, "want", &rest, SIZE_MAX);
	pkt_add_flush(out);
	add_ids(out, "have", &n->haves, SIZE_MAX);
	pkt_addf(out, "done\n");
	return 0;
}

static int send_ask(struct negotiation *n, bool done, struct err *err)
{
	struct buf body;
	int ret = 0;

	buf_init(&body, LIMIT_REMOTE_LIST_BYTES);
	if (n->transport->version == 2)
		ask_v2(&body, n, done);
	else
		ret = ask_v0(&body, n, err);
	if (!ret)
		ret = transport_request(n->transport, &body, err);
	buf_release(&body);
	return ret;
}

/* "ACK id": moves it to the front of the haves, among the common ones. */
static void note_common(struct negotiation *n, const char *hex)
{
	struct oid id;

	if (!oid_parse(&id, hex))
		return;
	for (size_t i = n->common; i < n->haves.len; i++) {
		if (oid_equal(&n->haves.items[i], &id)) {
			n->haves.items[i] = n->haves.items[n->common];
			n->haves.items[n->common++] = id;
			return;
		}
	}
}

/* Version 2: lines of one section, to its end. */
static int read_section(enum pkt_kind *end, struct negotiation *n,
			struct err *err)
{
	struct pkt pkt;

	for (;;) {
		if (pkt_read_text(&pkt, &n->transport->reader, err) < 0)
			return -1;
		*end = pkt.kind;
		if (pkt.kind != PKT_DATA)
			return 0;
		if (!strncmp(pkt.data, "ACK ", 4))
			note_common(n, pkt.data + 4);
		if (!strcmp(pkt.data, "ready"))
			n->is_ready = true;
	}
}

/* To the end of the reply, or to the pack. */
static int read_v2(struct negotiation *n, struct err *err)
{
	enum pkt_kind end = PKT_DELIMITER;
	struct pkt pkt;

	while (end == PKT_DELIMITER) {
		if (pkt_read_text(&pkt, &n->transport->reader, err) < 0)
			return -1;
		if (pkt.kind == PKT_DATA && !strcmp(pkt.data, "packfile")) {
			n->has_pack = true;
			return 0;
		}
		if (pkt.kind != PKT_DATA)
			return err_set(err, ERR_PROTOCOL,
				       "the reply broke off");
		if (read_section(&end, n, err) < 0)
			return -1;
	}
	if (end != PKT_FLUSH)
		return err_set(err, ERR_PROTOCOL, "the reply broke off");
	return 0;
}

/* Tips of all our refs and what is behind them, newest first. */
static int add_history(struct negotiation *n, struct err *err)
{
	git_revwalk *walk = NULL;
	git_oid id;
	int code = git_revwalk_new(&walk, repo_git(n->repo));

	if (code < 0)
		return err_set_git(err, code, "history");
	git_revwalk_sorting(walk, GIT_SORT_TIME);
	/* Refs that are no commits, commits that are not here: left out. */
	(void)git_revwalk_push_glob(walk, "refs/*");
	while (n->haves.len < HAVES_DEEP && !git_revwalk_next(&id, walk)) {
		struct oid have = oid_from_git(&id);

		oid_list_add(&n->haves, &have);
	}
	git_revwalk_free(walk);
	git_error_clear();
	return 0;
}

static void add_if_here(struct negotiation *n, const char *ref)
{
	struct err err;
	struct oid id;

	if (!ref_read(&id, n->repo, ref, &err))
		oid_list_add(&n->haves, &id);
}

/* What is cheap to know: a listing of 100,000 refs is not. */
static void add_first_haves(struct negotiation *n,
			    const struct oid_list *common)
{
	static const char *const likely[] = { "HEAD", "refs/heads/main",
					      "refs/heads/master",
					      "refs/heads/develop" };

	for (size_t i = 0; i < common->len && i < HAVES_FIRST; i++)
		oid_list_add(&n->haves, &common->items[i]);
	n->common = n->haves.len;
	for (size_t i = 0; i < ARRAY_LEN(likely); i++)
		add_if_here(n, likely[i]);
}

static int negotiate_v2(struct negotiation *n, struct err *err)
{
	if (n->haves.len > 0) {
		if (send_ask(n, false, err) < 0 || read_v2(n, err) < 0)
			return -1;
		if (n->has_pack)
			return 0;
	}
	if (n->common == 0 && add_history(n, err) < 0)
		return -1;
	if (send_ask(n, true, err) < 0)
		return -1;
	return read_v2(n, err);
}

/* Everything at once; ACK and NAK lines come before the pack, which the
 * reader of bands must not see. */
static int negotiate_v0(struct negotiation *n, struct err *err)
{
	struct pkt pkt;

	if (n->common == 0 && add_history(n, err) < 0)
		return -1;
	if (send_ask(n, true, err) < 0)
		return -1;
	if (pkt_read_text(&pkt, &n->transport->reader, err) < 0)
		return -1;
	n->has_pack = pkt.kind == PKT_DATA && (!strncmp(pkt.data, "NAK", 3) ||
					       !strncmp(pkt.data, "ACK ", 4));
	return 0;
}

static int take_pack(struct negotiation *n, struct pack_sink *sink,
		     struct err *err)
{
	struct buf said;
	const char *data;
	size_t len;
	int ret = -1;

	buf_init(&said, LIMIT_REMOTE_TEXT_BYTES);
	do {
		if (side_band_read(&data, &len, &n->transport->reader, &said,
				   err) < 0)
			goto out;
		if (len > 0 && pack_sink_add(sink, data, len, err) < 0)
			goto out;
	} while (len > 0);
	ret = pack_sink_commit(sink, n->repo, err);
out:
	buf_release(&said);
	return ret;
}

static int check_complete(const struct negotiation *n, struct err *err)
{
	for (size_t i = 0; i < n->wants->len; i++)
		if (!object_exists(n->repo, &n->wants->items[i]))
			return err_set(err, ERR_PROTOCOL,
				       "the remote left out what was asked "
				       "for");
	return 0;
}

int fetch_pack(struct repo *repo, struct transport *transport,
	       const struct oid_list *wants, const struct oid_list *common,
	       struct err *err)
{
	struct negotiation n = { .repo = repo,
				 .transport = transport,
				 .wants = wants };
	struct pack_sink sink = { 0 };
	int ret = -1;

	add_first_haves(&n, common);
	if ((transport->version == 2 ? negotiate_v2 : negotiate_v0)(&n, err) <
	    0)
		goto out;
	if (!n.has_pack) {
		err_set(err, ERR_PROTOCOL, "no pack in the reply");
		goto out;
	}
	if (pack_sink_open(&sink, repo, err) < 0 ||
	    take_pack(&n, &sink, err) < 0 || check_complete(&n, err) < 0)
		goto out;
	ret = 0;
out:
	pack_sink_release(&sink);
	oid_list_release(&n.haves);
	return ret;
}
