#include "code/junit.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"

enum { NAME_BYTES = 200 };

struct reader {
	XML_Parser parser;
	struct junit_counts counts;
	char *name; /* of the case we are in; NULL: in none */
	bool is_failed, is_skipped;
	bool is_known; /* the root element is one of ours */
	unsigned depth;
	const char *refused; /* why it is not read on; NULL */
};

void junit_counts_release(struct junit_counts *counts)
{
	for (size_t i = 0; i < counts->failed_name_count; i++)
		free(counts->failed_names[i]);
	*counts = (struct junit_counts){ 0 };
}

static void refuse(struct reader *reader, const char *why)
{
	reader->refused = why;
	XML_StopParser(reader->parser, XML_FALSE);
}

static const char *attribute(const char **attributes, const char *name)
{
	for (; attributes[0]; attributes += 2)
		if (!strcmp(attributes[0], name))
			return attributes[1];
	return "";
}

static char *case_name(const char **attributes)
{
	char *whole = xstrf("%.*s%s%.*s", NAME_BYTES,
			    attribute(attributes, "classname"),
			    *attribute(attributes, "classname") ? "." : "",
			    NAME_BYTES, attribute(attributes, "name"));
	char *clean = text_clean(whole, false);

	free(whole);
	return clean;
}

static void XMLCALL on_start(void *payload, const char *name,
			     const char **attributes)
{
	struct reader *reader = payload;

	if (++reader->depth > LIMIT_COVERAGE_DEPTH) {
		refuse(reader, "nested too deeply");
	} else if (reader->depth == 1) {
		reader->is_known = !strcmp(name, "testsuite") ||
				   !strcmp(name, "testsuites");
		if (!reader->is_known)
			refuse(reader, "not a report of tests");
	} else if (!strcmp(name, "testcase")) {
		free(reader->name);
		reader->name = case_name(attributes);
		reader->is_failed = reader->is_skipped = false;
	} else if (reader->name) {
		reader->is_failed |= !strcmp(name, "failure") ||
				     !strcmp(name, "error");
		reader->is_skipped |= !strcmp(name, "skipped");
	}
}

static void count_case(struct reader *reader)
{
	struct junit_counts *counts = &reader->counts;

	counts->failed += reader->is_failed;
	counts->skipped += !reader->is_failed && reader->is_skipped;
	counts->passed += !reader->is_failed && !reader->is_skipped;
	if (reader->is_failed &&
	    counts->failed_name_count < JUNIT_FAILED_NAMES) {
		counts->failed_names[counts->failed_name_count++] =
			reader->name;
		reader->name = NULL;
	}
	free(reader->name);
	reader->name = NULL;
}

static void XMLCALL on_end(void *payload, const char *name)
{
	struct reader *reader = payload;

	reader->depth--;
	if (reader->name && !strcmp(name, "testcase"))
		count_case(reader);
}

/* Reports have no entities of their own; what declares some is up to something.
 */
static void XMLCALL on_doctype(void *payload, const char *name,
			       const char *system_id, const char *public_id,
			       int has_subset)
{
	(void)name;
	(void)system_id;
	(void)public_id;
	(void)has_subset;
	refuse(payload, "it has a document type");
}

static void add_counts(struct junit_counts *into, struct junit_counts *from)
{
	into->passed += from->passed;
	into->failed += from->failed;
	into->skipped += from->skipped;
	for (size_t i = 0; i < from->failed_name_count; i++) {
		if (into->failed_name_count < JUNIT_FAILED_NAMES)
			into->failed_names[into->failed_name_count++] =
				from->failed_names[i];
		else
			free(from->failed_names[i]);
	}
	from->failed_name_count = 0;
}

int junit_add(struct junit_counts *counts, const char *text, size_t len,
	      struct err *err)
{
	struct reader reader = { .parser = XML_ParserCreate(NULL) };
	enum XML_Status status = XML_STATUS_ERROR;
	int ret = -1;

	if (!reader.parser)
		return err_set(err, ERR_SYSTEM, "no XML parser");
	XML_SetUserData(reader.parser, &reader);
	XML_SetElementHandler(reader.parser, on_start, on_end);
	XML_SetStartDoctypeDeclHandler(reader.parser, on_doctype);
	if (len <= LIMIT_COVERAGE_BYTES)
		status = XML_Parse(reader.parser, text, (int)len, XML_TRUE);
	if (status == XML_STATUS_OK && reader.is_known) {
		add_counts(counts, &reader.counts);
		ret = 0;
	} else {
		err_set(err, ERR_PROTOCOL, "%s",
			reader.refused ? reader.refused
				       : XML_ErrorString(XML_GetErrorCode(
						 reader.parser)));
	}
	XML_ParserFree(reader.parser);
	free(reader.name);
	junit_counts_release(&reader.counts);
	return ret;
}
