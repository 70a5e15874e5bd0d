#include "repo/push.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/fault.h"
#include "core/limits.h"
#include "core/text.h"
#include "repo/git.h"
#include "repo/push_pack.h"
#include "repo/ref_name.h"
#include "repo/side_band.h"
#include "repo/transport.h"

#define AGENT "agent=" PACKAGE_NAME "/" PACKAGE_VERSION

/* One push over a transport. */
struct pushing {
	struct repo *repo;
	const struct push_request *request;
	struct transport *transport;
	struct buf body;
	struct buf report; /* the lines within the side band */
	struct buf said;   /* by hooks, for people           */
	bool is_unpacked;
};

static void set_outcome(struct push_ref *ref, enum push_outcome outcome,
			const char *reason)
{
	struct buf clean;

	buf_init(&clean, 4 * sizeof(ref->reason));
	text_add_clean(
		&clean, reason,
		text_cut(reason, strlen(reason), sizeof(ref->reason) / 2),
		false);
	ref->outcome = outcome;
	snprintf(ref->reason, sizeof(ref->reason), "%s", clean.ptr);
	buf_release(&clean);
}

static int check_request(const struct push_request *request, struct err *err)
{
	for (size_t i = 0; i < request->ref_count; i++) {
		const struct push_ref *ref = &request->refs[i];

		if (!ref_name_is_valid(ref->name) || !strcmp(ref->name, "HEAD"))
			return err_set(err, ERR_INVALID, "'%s' is no ref",
				       ref->name);
		if (!ref->expected && !ref->target)
			return err_set(err, ERR_INVALID,
				       "%s: neither there nor wanted",
				       ref->name);
	}
	return 0;
}

int push_judge(const struct push_request *request, struct err *err)
{
	const struct push_ref *worst = NULL;

	for (size_t i = 0; i < request->ref_count; i++) {
		const struct push_ref *ref = &request->refs[i];

		if (ref->outcome == PUSH_DONE)
			continue;
		/* A refusal outweighs a move: another try will not help. */
		if (!worst || ref->outcome > worst->outcome)
			worst = ref;
	}
	if (!worst)
		return 0;
	if (worst->outcome == PUSH_UNKNOWN)
		return err_set(err, ERR_PROTOCOL, "nothing said about %s",
			       worst->name);
	return err_set(
		err, worst->outcome == PUSH_MOVED ? ERR_CONFLICT : ERR_INVALID,
		"%s: %s", worst->name, worst->reason);
}

/* "old new name", what we can do behind a NUL in the first. */
static void add_command(struct buf *out, const struct push_ref *ref,
			const char *capabilities)
{
	static const struct oid none;
	char from[OID_HEX_SIZE], to[OID_HEX_SIZE];
	struct buf line;

	oid_format(from, ref->expected ? ref->expected : &none);
	oid_format(to, ref->target ? ref->target : &none);
	buf_init(&line, LIMIT_REF_NAME_BYTES + 512);
	buf_addf(&line, "%s %s %s", from, to, ref->name);
	if (capabilities) {
		buf_addch(&line, '\0');
		buf_addstr(&line, capabilities);
	}
	pkt_add(out, line.ptr, line.len);
	buf_release(&line);
}

static void add_commands(struct pushing *p)
{
	const struct transport *transport = p->transport;
	bool is_atomic = p->request->ref_count > 1 &&
			 (!transport->has_advert ||
			  advert_has(&transport->advert, "atomic"));
	const char *capabilities =
		is_atomic ? " report-status side-band-64k atomic " AGENT
			  : " report-status side-band-64k " AGENT;

	for (size_t i = 0; i < p->request->ref_count; i++)
		add_command(&p->body, &p->request->refs[i],
			    i == 0 ? capabilities : NULL);
	pkt_add_flush(&p->body);
}

static int on_pack_bytes(void *bytes, size_t len, void *payload)
{
	struct buf *body = payload;

	buf_add(body, bytes, len);
	return body->overflow ? -1 : 0;
}

static int make_body(struct pushing *p, struct err *err)
{
	git_packbuilder *pack;
	int code = 0;

	buf_reset(&p->body);
	add_commands(p);
	if (push_pack_make(&pack, p->repo, p->request, err) < 0)
		return -1;
	if (pack)
		code = git_packbuilder_foreach(pack, on_pack_bytes, &p->body);
	git_packbuilder_free(pack);
	if (buf_check(&p->body, "the push", err) < 0)
		return -1;
	return code < 0 ? err_set_git(err, code, "objects to push") : 0;
}

static struct push_ref *find_ref(const struct push_request *request,
				 const char *name, size_t len)
{
	for (size_t i = 0; i < request->ref_count; i++) {
		struct push_ref *ref = &request->refs[i];

		if (strlen(ref->name) == len && !memcmp(ref->name, name, len))
			return ref;
	}
	return NULL;
}

/* Servers say it in many ways that somebody was faster. */
static enum push_outcome outcome_of(const char *reason)
{
	static const char *const moved[] = {
		"failed to update ref",
		"atomic transaction failed",
		"atomic push failure",
		"incorrect old value",
		"already exists",
		"cannot lock ref",
		"failed to lock",
		"non-fast-forward",
		"fetch first",
		"stale info",
		"bad ref",
		"reference already",
		"is at",
	};

	for (size_t i = 0; i < ARRAY_LEN(moved); i++)
		if (strcasestr(reason, moved[i]))
			return PUSH_MOVED;
	return PUSH_REFUSED;
}

/* "unpack ok", "ok NAME", "ng NAME REASON" */
static int take_report_line(struct pushing *p, const char *line,
			    struct err *err)
{
	struct push_ref *ref;
	size_t len;

	if (!strncmp(line, "unpack ", 7)) {
		p->is_unpacked = !strcmp(line + 7, "ok");
		if (!p->is_unpacked)
			return err_set(err, ERR_PROTOCOL,
				       "the remote cannot read what was sent");
		return 0;
	}
	if (strncmp(line, "ok ", 3) != 0 && strncmp(line, "ng ", 3) != 0)
		return 0; /* "option ...", of newer versions */
	len = strcspn(line + 3, " ");
	ref = find_ref(p->request, line + 3, len);
	if (!ref)
		return 0;
	if (line[0] == 'o') {
		set_outcome(ref, PUSH_DONE, "");
	} else {
		const char *reason = line + 3 + len +
				     strspn(line + 3 + len, " ");

		set_outcome(ref, outcome_of(reason), reason);
	}
	return 0;
}

/* The report is lines within lines. */
struct report_source {
	const struct buf *report;
	size_t at;
};

static int read_report_bytes(size_t *got, void *payload, void *bytes,
			     size_t size, struct err *err UNUSED)
{
	struct report_source *source = payload;
	size_t left = source->report->len - source->at;

	*got = left < size ? left : size;
	memcpy(bytes, source->report->ptr + source->at, *got);
	source->at += *got;
	return 0;
}

static int parse_report(struct pushing *p, struct err *err)
{
	struct report_source source = { .report = &p->report };
	struct pkt_reader reader;
	struct pkt pkt;

	pkt_reader_init(&reader, read_report_bytes, &source);
	for (;;) {
		if (pkt_read_text(&pkt, &reader, err) < 0)
			return -1;
		if (pkt.kind != PKT_DATA)
			break;
		if (take_report_line(p, pkt.data, err) < 0)
			return -1;
	}
	if (!p->is_unpacked)
		return err_set(err, ERR_PROTOCOL, "no report on the push");
	return 0;
}

static int read_report(struct pushing *p, struct err *err)
{
	const char *data;
	size_t len;

	do {
		if (side_band_read(&data, &len, &p->transport->reader, &p->said,
				   err) < 0)
			return -1;
		buf_add(&p->report, data, len);
		if (buf_check(&p->report, "the report", err) < 0)
			return -1;
	} while (len > 0);
	return parse_report(p, err);
}

/* With the server's list of refs at hand, and no promise of all or none: better
 * see first whether all are where they should be. */
static int check_leases(struct pushing *p, struct err *err)
{
	struct remote_refs *refs = &p->transport->advert.refs;
	bool all_fit = true;

	if (advert_has(&p->transport->advert, "atomic"))
		return 0;
	remote_refs_filter(refs, NULL, 0);
	for (size_t i = 0; i < p->request->ref_count; i++) {
		struct push_ref *ref = &p->request->refs[i];
		const struct ref_entry *now = remote_refs_find(refs, ref->name);

		if (now ? (ref->expected && oid_equal(&now->id, ref->expected))
			: !ref->expected)
			continue;
		all_fit = false;
		set_outcome(ref, PUSH_MOVED, "it is not where it was expected");
	}
	return all_fit ? 0 : push_judge(p->request, err);
}

static int send_push(struct pushing *p, struct err *err)
{
	if (make_body(p, err) < 0)
		return -1;
	fault_point("push");
	return transport_request(p->transport, &p->body, err);
}

/* http: straight to the point; a server that will not have it so is asked for
 * its advertisement first. A redirect shows in the same way. */
static int send_to_server(struct pushing *p, struct err *err)
{
	bool is_direct = p->transport->ops->is_stateless;

	if (is_direct) {
		if (!send_push(p, err))
			return 0;
		if (err->code != ERR_PROTOCOL && err->code != ERR_NOT_FOUND)
			return -1;
	}
	if (transport_advertise(p->transport, err) < 0 ||
	    check_leases(p, err) < 0)
		return -1;
	return send_push(p, err);
}

static int push_over_transport(struct repo *repo,
			       const struct push_request *request,
			       struct err *err)
{
	struct pushing p = { .repo = repo, .request = request };
	int ret = -1;

	buf_init(&p.body, LIMIT_PUSH_BYTES);
	buf_init(&p.report, MIB);
	buf_init(&p.said, LIMIT_REMOTE_TEXT_BYTES);
	if (transport_open(&p.transport, request->url, SERVICE_PUSH,
			   request->options, err) < 0)
		goto out;
	if (send_to_server(&p, err) < 0 || read_report(&p, err) < 0)
		goto out;
	ret = push_judge(request, err);
	if (ret < 0 && err->code == ERR_INVALID && p.said.len > 0) {
		char *said = text_clean(p.said.ptr, false);

		err_prefix(err, "%.200s", said);
		free(said);
	}
out:
	transport_free(p.transport);
	buf_release(&p.body);
	buf_release(&p.report);
	buf_release(&p.said);
	return ret;
}

int repo_push(struct repo *repo, const struct push_request *request,
	      struct err *err)
{
	int ret;

	for (size_t i = 0; i < request->ref_count; i++)
		set_outcome(&request->refs[i], PUSH_UNKNOWN, "");
	if (request->ref_count == 0)
		return 0;
	if (check_request(request, err) < 0)
		return err_prefix(err, "push");
	if (remote_url_is_path(request->url))
		ret = push_to_path(repo, request, err);
	else
		ret = push_over_transport(repo, request, err);
	return ret < 0 ? err_prefix(err, "push") : 0;
}
