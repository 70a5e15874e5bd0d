#include "app/stored.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/sha256.h"
#include "repo/refs.h"
#include "repo/tree.h"
#include "report/report.h"
#include "store/note_text.h"
#include "store/notes.h"

enum { KEY_DIGITS = 16, MOST_ENTRIES = 100000 };

/* A trailer names 16 digits of the change key; the tree of records has all of
 * them: "ab/cd/<60 more>/...". */
static bool whole_key(char key[SHA256_HEX_SIZE], struct repo *repo,
		      const struct oid *tree, const char *digits)
{
	struct tree_list list = { 0 };
	struct err err = ERR_INIT;
	char folder[6];
	bool found = false;

	snprintf(folder, sizeof(folder), "%.2s/%.2s", digits, digits + 2);
	if (tree_list(&list, repo, tree, folder, true, MOST_ENTRIES, &err) < 0)
		return false;
	for (size_t i = 0; i < list.len && !found; i++) {
		const char *rest = list.items[i].path + strlen(folder) + 1;

		found = strcspn(rest, "/") == SHA256_HEX_SIZE - 5 &&
			!strncmp(rest, digits + 4, KEY_DIGITS - 4);
		if (found)
			snprintf(key, SHA256_HEX_SIZE, "%.2s%.2s%.60s", digits,
				 digits + 2, rest);
	}
	tree_list_release(&list);
	return found;
}

/* "Referee-Run: <ulid> <workflow> <verdict> <digits> ...". */
static bool digits_of(char digits[KEY_DIGITS + 1], const char *trailer)
{
	for (int word = 0; word < 4; word++) {
		trailer = strchr(trailer, ' ');
		if (!trailer)
			return false;
		trailer += strspn(trailer, " ");
	}
	if (strspn(trailer, "0123456789abcdef") != KEY_DIGITS)
		return false;
	snprintf(digits, KEY_DIGITS + 1, "%.16s", trailer);
	return true;
}

static bool find_record(struct run_list *out, struct repo *repo,
			const struct oid *tree,
			const struct note_section *section)
{
	char digits[KEY_DIGITS + 1], key[SHA256_HEX_SIZE];
	struct run_record record;
	struct err err = ERR_INIT;

	if (!digits_of(digits, section->trailer) ||
	    !whole_key(key, repo, tree, digits) ||
	    runs_find(&record, repo, key, section->workflow, &err) < 0)
		return false;
	ARRAY_GROW(out->items, out->len, out->cap);
	out->items[out->len++] = record;
	return true;
}

int stored_runs(struct run_list *out, struct strvec *missing, struct repo *repo,
		const struct oid *commit, struct err *err)
{
	struct note_text note = { 0 };
	struct oid runs, tree;
	struct buf text;
	int ret = -1;

	*out = (struct run_list){ 0 };
	buf_init(&text, LIMIT_JOINED_NOTE_BYTES);
	if (notes_read(&text, repo, commit, err) < 0)
		goto out;
	note_text_parse(&note, text.ptr, text.len);
	if (ref_read(&runs, repo, "refs/referee/runs", err) < 0 ||
	    tree_of_commit(&tree, repo, &runs, err) < 0)
		goto out;
	for (size_t i = 0; i < note.len; i++)
		if (!find_record(out, repo, &tree, &note.sections[i]))
			strvec_add(missing, note.sections[i].workflow);
	ret = 0;
	if (!out->len)
		ret = err_set(err, ERR_NOT_FOUND,
			      "none of the records that the note names is "
			      "here; is refs/referee/runs fetched?");
out:
	note_text_release(&note);
	buf_release(&text);
	return ret;
}

int stored_put_notes(struct repo *repo, const struct oid *commit,
		     const struct run_record *const *records, size_t count,
		     struct err *err)
{
	struct note_change *changes = xcalloc(count, sizeof(*changes));
	struct strvec texts = STRVEC_INIT;
	int ret;

	for (size_t i = 0; i < count; i++) {
		struct buf section, trailer;

		buf_init(&section, LIMIT_NOTE_BYTES);
		buf_init(&trailer, 1000);
		report_note_section(&section, records[i]);
		report_note_trailer(&trailer, records[i]);
		strvec_take(&texts, buf_detach(&section));
		strvec_take(&texts, buf_detach(&trailer));
		changes[i] = (struct note_change){
			.commit = *commit,
			.workflow = records[i]->workflow,
			.section = texts.v[2 * i],
			.trailer = texts.v[2 * i + 1],
		};
	}
	ret = notes_put(repo, changes, count, err);
	strvec_release(&texts);
	free(changes);
	return ret;
}
