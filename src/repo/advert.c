#include "repo/advert.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "repo/ref_name.h"

#define AGENT "agent=" PACKAGE_NAME "/" PACKAGE_VERSION

static bool starts_with(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

void remote_refs_release(struct remote_refs *refs)
{
	ref_list_release(&refs->refs);
	free(refs->head);
	refs->head = NULL;
}

void advert_release(struct advert *advert)
{
	buf_release(&advert->capabilities);
	remote_refs_release(&advert->refs);
}

/* Leaves out what no ref may be called; remotes are not to be trusted. */
static int add_ref(struct remote_refs *refs, const char *name,
		   const struct oid *id, struct err *err)
{
	struct ref_list *list = &refs->refs;

	if (!ref_name_is_valid(name))
		return 0;
	if (list->len >= LIMIT_REMOTE_REFS)
		return err_set(err, ERR_TOO_LARGE, "over %d refs",
			       LIMIT_REMOTE_REFS);
	ARRAY_GROW(list->items, list->len, list->cap);
	list->items[list->len].name = xstrdup(name);
	list->items[list->len].id = *id;
	list->len++;
	return 0;
}

static void set_head(struct remote_refs *refs, const char *target, size_t len)
{
	char *name = xmemdup(target, len);

	free(refs->head);
	refs->head = NULL;
	if (ref_name_is_valid(name))
		refs->head = name;
	else
		free(name);
}

/* "<40 digits> rest"; false if it is not that. */
static bool split_id(struct oid *id, const char **rest, const char *line)
{
	char hex[OID_HEX_SIZE];

	if (strnlen(line, OID_HEX_SIZE) < OID_HEX_SIZE ||
	    line[OID_HEX_SIZE - 1] != ' ')
		return false;
	memcpy(hex, line, OID_HEX_SIZE - 1);
	hex[OID_HEX_SIZE - 1] = '\0';
	*rest = line + OID_HEX_SIZE;
	return oid_parse(id, hex);
}

static int fail_line(struct err *err)
{
	return err_set(err, ERR_PROTOCOL, "a line that git does not write");
}

bool advert_has(const struct advert *advert, const char *capability)
{
	size_t len = strlen(capability);
	const char *at = advert->capabilities.ptr;

	while ((at = strstr(at, capability))) {
		if (at[-1] == ' ' && (at[len] == ' ' || at[len] == '='))
			return true;
		at += len;
	}
	return false;
}

/* symref=HEAD:refs/heads/main */
static void find_head(struct advert *advert)
{
	static const char key[] = " symref=HEAD:";
	const char *at = strstr(advert->capabilities.ptr, key);

	if (at) {
		at += strlen(key);
		set_head(&advert->refs, at, strcspn(at, " "));
	}
}

static int check_capabilities(const struct advert *advert, struct err *err)
{
	static const char key[] = " object-format=";
	const char *at = strstr(advert->capabilities.ptr, key);

	if (buf_check(&advert->capabilities, "the list of capabilities", err) <
	    0)
		return -1;
	if (at && !starts_with(at + strlen(key), "sha1 "))
		return err_set(err, ERR_INVALID,
			       "a repository with SHA-256 object names cannot "
			       "be read, only SHA-1");
	return 0;
}

/* Version 2: one capability a line, to the flush. */
static int read_capabilities(struct advert *out, struct pkt_reader *reader,
			     struct err *err)
{
	struct pkt pkt;

	for (;;) {
		if (pkt_read_text(&pkt, reader, err) < 0)
			return -1;
		if (pkt.kind == PKT_FLUSH)
			return 0;
		if (pkt.kind != PKT_DATA)
			return fail_line(err);
		buf_addf(&out->capabilities, "%s ", pkt.data);
	}
}

/* Version 0: a ref a line, capabilities behind a NUL in the first. */
static int read_ref_line(struct advert *out, const struct pkt *pkt,
			 bool is_first, struct err *err)
{
	size_t len = strlen(pkt->data);
	const char *name;
	struct oid id;

	if (is_first && len < pkt->len) {
		buf_addf(&out->capabilities, "%s ", pkt->data + len + 1);
		find_head(out);
	}
	if (starts_with(pkt->data, "shallow "))
		return 0;
	if (!split_id(&id, &name, pkt->data))
		return fail_line(err);
	if (oid_is_zero(&id)) /* "capabilities^{}": there are no refs */
		return 0;
	return add_ref(&out->refs, name, &id, err);
}

static int read_refs(struct advert *out, struct pkt_reader *reader,
		     struct pkt pkt, struct err *err)
{
	bool is_first = true;

	while (pkt.kind == PKT_DATA) {
		if (read_ref_line(out, &pkt, is_first, err) < 0)
			return -1;
		is_first = false;
		if (pkt_read_text(&pkt, reader, err) < 0)
			return -1;
	}
	if (pkt.kind != PKT_FLUSH)
		return err_set(err, ERR_PROTOCOL, "the list of refs broke off");
	return 0;
}

int advert_read(struct advert *out, struct pkt_reader *reader, struct err *err)
{
	struct pkt pkt;
	int ret;

	*out = (struct advert){ 0 };
	buf_init(&out->capabilities, 64 * KIB);
	buf_addch(&out->capabilities, ' ');
	if (pkt_read_text(&pkt, reader, err) < 0)
		return -1;
	if (pkt.kind == PKT_DATA && starts_with(pkt.data, "# service=")) {
		if (pkt_read_text(&pkt, reader, err) < 0)
			return -1;
		if (pkt.kind != PKT_FLUSH)
			return fail_line(err);
		if (pkt_read_text(&pkt, reader, err) < 0)
			return -1;
	}
	if (pkt.kind == PKT_END)
		return err_set(err, ERR_PROTOCOL, "it said nothing");
	if (pkt.kind == PKT_DATA && !strcmp(pkt.data, "version 1") &&
	    pkt_read_text(&pkt, reader, err) < 0)
		return -1;
	if (pkt.kind == PKT_DATA && !strcmp(pkt.data, "version 2")) {
		out->version = 2;
		ret = read_capabilities(out, reader, err);
	} else {
		ret = read_refs(out, reader, pkt, err);
	}
	return ret < 0 ? -1 : check_capabilities(out, err);
}

void ls_refs_ask(struct buf *out, const char *const *prefixes, size_t count)
{
	pkt_addf(out, "command=ls-refs\n");
	pkt_addf(out, AGENT);
	pkt_add_delimiter(out);
	pkt_addf(out, "symrefs\n");
	for (size_t i = 0; i < count; i++)
		if (strlen(prefixes[i]) <= LIMIT_REF_NAME_BYTES)
			pkt_addf(out, "ref-prefix %s\n", prefixes[i]);
	pkt_add_flush(out);
}

/* "<id> <name>[ symref-target:<name>][ peeled:<id>]" or "unborn <name>..." */
static int read_ls_line(struct remote_refs *out, char *line, struct err *err)
{
	static const char key[] = "symref-target:";
	const char *name;
	struct oid id;
	char *rest;

	if (starts_with(line, "unborn "))
		return 0;
	if (!split_id(&id, &name, line))
		return fail_line(err);
	rest = strchr(name, ' ');
	if (rest)
		*rest++ = '\0';
	rest = rest ? strstr(rest, key) : NULL;
	if (rest && !strcmp(name, "HEAD")) {
		rest += strlen(key);
		set_head(out, rest, strcspn(rest, " "));
	}
	return add_ref(out, name, &id, err);
}

int ls_refs_read(struct remote_refs *out, struct pkt_reader *reader,
		 struct err *err)
{
	char line[2 * LIMIT_REF_NAME_BYTES + 256];
	struct pkt pkt;

	*out = (struct remote_refs){ 0 };
	for (;;) {
		if (pkt_read_text(&pkt, reader, err) < 0)
			return -1;
		if (pkt.kind == PKT_FLUSH)
			return 0;
		if (pkt.kind != PKT_DATA)
			return err_set(err, ERR_PROTOCOL,
				       "the list of refs broke off");
		if (pkt.len >= sizeof(line))
			continue; /* no name that we would take */
		memcpy(line, pkt.data, pkt.len + 1);
		if (read_ls_line(out, line, err) < 0)
			return -1;
	}
}

static bool is_wanted(const char *name, const char *const *prefixes,
		      size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (starts_with(name, prefixes[i]))
			return true;
	return count == 0;
}

static int compare_names(const void *a, const void *b)
{
	const struct ref_entry *of_a = a, *of_b = b;

	return strcmp(of_a->name, of_b->name);
}

void remote_refs_filter(struct remote_refs *refs, const char *const *prefixes,
			size_t count)
{
	struct ref_list *list = &refs->refs;
	size_t kept = 0;

	for (size_t i = 0; i < list->len; i++) {
		if (is_wanted(list->items[i].name, prefixes, count))
			list->items[kept++] = list->items[i];
		else
			free(list->items[i].name);
	}
	list->len = kept;
	if (kept > 0)
		qsort(list->items, kept, sizeof(*list->items), compare_names);
	if (!is_wanted("HEAD", prefixes, count)) {
		free(refs->head);
		refs->head = NULL;
	}
}

const struct ref_entry *remote_refs_find(const struct remote_refs *refs,
					 const char *name)
{
	struct ref_entry key = { 0 };

	if (refs->refs.len == 0)
		return NULL;
	memcpy(&key.name, &name, sizeof(key.name));
	return bsearch(&key, refs->refs.items, refs->refs.len, sizeof(key),
		       compare_names);
}
