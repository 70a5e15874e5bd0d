#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "code/outline.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "services/offline_job.h"
#include "services/offline_stale.h"

enum { NAMES_TOLD = 8 };

/* One source file. */
struct reading {
	struct offline_job *job;
	struct offline_file file;
	struct outline now;
};

/* Written down as public: what a language makes public by itself says nothing
 * about whether others use it. */
static bool is_declared_public(const struct outline *outline,
			       const struct symbol *symbol)
{
	const char *at = outline->text + symbol->start;
	const char *end = outline->text + symbol->signature_end;

	if (symbol->kind == SYMBOL_EXTENSION ||
	    offline_is_override(outline, symbol) ||
	    !outline_is_public(outline, symbol))
		return false;
	for (; at < end; at++) {
		size_t left = (size_t)(end - at);

		if ((left >= 7 && memcmp(at, "public ", 7) == 0) ||
		    (left >= 5 && outline->lang == LANG_SWIFT &&
		     memcmp(at, "open ", 5) == 0))
			return at == outline->text + symbol->start ||
			       !isalnum((unsigned char)at[-1]);
		if (*at == '(' || *at == '{')
			return false;
	}
	return false;
}

static bool is_added(const struct offline_file *file, uint32_t line)
{
	return line < file->added_len && file->added[line];
}

static char *path_of(const struct outline *outline, const struct symbol *symbol)
{
	struct buf out;

	buf_init(&out, LIMIT_FINDING_BODY);
	symbol_add_path(&out, outline, symbol);
	return buf_detach(&out);
}

static bool has_text(const struct outline *outline, uint32_t from, uint32_t to,
		     const char *text)
{
	return from < to &&
	       memmem(outline->text + from, to - from, text, strlen(text));
}

/* Does a protocol or interface of this file explain a member of that name? */
static bool is_explained(const struct outline *outline,
			 const struct symbol *symbol)
{
	for (size_t i = 0; i < outline->len; i++) {
		const struct symbol *other = &outline->items[i];
		const struct symbol *parent = outline_parent(outline, other);

		if (other != symbol && other->doc_line && parent &&
		    parent->kind == SYMBOL_PROTOCOL &&
		    other->name_len == symbol->name_len &&
		    !memcmp(outline->text + other->name,
			    outline->text + symbol->name, symbol->name_len))
			return true;
	}
	return false;
}

/* Swift's way of a delegate: tableView(_ tableView: UITableView, ...). */
static bool is_delegate_call(const struct outline *outline,
			     const struct symbol *symbol)
{
	const char *name = outline->text + symbol->name;
	const char *rest = name + symbol->name_len;
	size_t left = symbol->signature_end - symbol->name - symbol->name_len;

	return left > symbol->name_len + 4 && !memcmp(rest, "(_ ", 3) &&
	       !memcmp(rest + 3, name, symbol->name_len) &&
	       rest[3 + symbol->name_len] == ':';
}

/* What a member has to do is said where it is required: in a protocol. And what
 * is public for Objective-C's sake is not, for others. */
static bool is_said_elsewhere(const struct outline *outline,
			      const struct symbol *symbol)
{
	static const char *const required[] = { "hash",          "encode",
						"makeBody",      "makeUIView",
						"updateUIView",  "makeIterator",
						"callAsFunction" };
	const struct symbol *parent = outline_parent(outline, symbol);

	if (outline->lang != LANG_SWIFT)
		return is_explained(outline, symbol);
	if (has_text(outline, symbol->start, symbol->name, "@objc") ||
	    (parent && parent->kind == SYMBOL_EXTENSION &&
	     has_text(outline, parent->name, parent->signature_end, ":")))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(required); i++)
		if (symbol_is_named(outline, symbol, required[i]))
			return true;
	return is_delegate_call(outline, symbol) ||
	       is_explained(outline, symbol);
}

/* Properties explain themselves more often than not. */
static bool needs_doc(const struct outline *outline,
		      const struct symbol *symbol)
{
	return symbol->kind != SYMBOL_PROPERTY && symbol->kind != SYMBOL_INIT &&
	       is_declared_public(outline, symbol) &&
	       !is_said_elsewhere(outline, symbol);
}

/* Is documentation expected in this file? In Swift and Kotlin `public` is
 * written for others to use it; in Java it is everywhere, so there it is
 * expected where most of the others have it. C++ has it for base classes. */
static bool expects_docs(const struct outline *outline)
{
	size_t with = 0, without = 0;

	if (outline->lang == LANG_SWIFT || outline->lang == LANG_KOTLIN)
		return true;
	if (outline->lang != LANG_JAVA)
		return false;
	for (size_t i = 0; i < outline->len; i++) {
		if (!needs_doc(outline, &outline->items[i]))
			continue;
		if (outline->items[i].doc_line)
			with++;
		else
			without++;
	}
	return with >= 3 && with > 2 * without;
}

/* One finding a file, however many names there are. */
static void note_undocumented(struct reading *reading)
{
	const struct symbol *first = NULL;
	struct offline_remark remark = { 0 };
	struct buf body;
	size_t count = 0;
	char *quote;

	if (!expects_docs(&reading->now))
		return;
	buf_init(&body, LIMIT_FINDING_BODY);
	for (size_t i = 0; i < reading->now.len; i++) {
		const struct symbol *symbol = &reading->now.items[i];

		if (symbol->doc_line ||
		    !is_added(&reading->file, symbol->line) ||
		    !needs_doc(&reading->now, symbol))
			continue;
		if (!first)
			first = symbol;
		if (count++ < NAMES_TOLD) {
			char *path = path_of(&reading->now, symbol);

			buf_addf(&body, "%s%s", count > 1 ? ", " : "", path);
			free(path);
		}
	}
	if (!first)
		goto out;
	if (count > NAMES_TOLD)
		buf_addf(&body, " and %zu more", count - NAMES_TOLD);
	buf_addstr(&body, count == 1
				  ? " is public and has no documentation. "
				  : " are public and have no documentation. ");
	buf_addstr(&body,
		   "Whoever uses it has to read the code to learn what it "
		   "does, what may fail and who may call it. Say so in a "
		   "comment above it, or make it internal.");
	quote = offline_line(&reading->file, first->line);
	remark = (struct offline_remark){
		.path = reading->file.file->path,
		.line = (int)first->line,
		.quote = quote,
		.severity = SEVERITY_INFO,
		.category = "documentation",
		.title = "Public API without documentation",
		.body = body.ptr,
		.rule = "doc-missing",
	};
	offline_add(reading->job, &remark);
	free(quote);
out:
	buf_release(&body);
}

int offline_docs(struct offline_job *job, struct err *err)
{
	const struct changeset *changeset = job->question->changeset;
	size_t files = 0;

	for (size_t i = 0; i < changeset->file_count; i++) {
		const struct changed_file *file = &changeset->files[i];
		struct reading reading = { .job = job };
		int ret;

		if (!offline_is_readable(file) ||
		    file->file_class != CLASS_SOURCE ||
		    !lang_has_outline(lang_of_path(file->path)))
			continue;
		if (offline_check(job, err) < 0 ||
		    offline_file_load(&reading.file, job->question->repo, file,
				      err) < 0)
			return -1;
		outline_make(&reading.now, reading.file.text, reading.file.len,
			     lang_of_path(file->path));
		note_undocumented(&reading);
		ret = offline_stale(job, &reading.file, &reading.now, err);
		outline_release(&reading.now);
		offline_file_release(&reading.file);
		if (ret < 0)
			return -1;
		files++;
	}
	strvec_addf(&job->remarks,
		    "Looked for undocumented and outdated API in %zu source "
		    "file%s.",
		    files, files == 1 ? "" : "s");
	return 0;
}
