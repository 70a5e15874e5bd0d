#include "code/coverage_file.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"

/* The three XML formats differ in names only, so one table reads them all. */

struct reader {
	XML_Parser parser;
	struct coverage *out;
	char *package; /* JaCoCo's, "com/example" */
	bool is_known; /* the root element is one of ours */
	unsigned depth;
	struct err *err;
	bool failed;
};

static void stop(struct reader *reader)
{
	reader->failed = true;
	XML_StopParser(reader->parser, XML_FALSE);
}

static const char *attribute(const char **attributes, const char *name)
{
	for (; attributes[0]; attributes += 2)
		if (!strcmp(attributes[0], name))
			return attributes[1];
	return NULL;
}

static int on_root(struct reader *reader, const char **attributes)
{
	reader->is_known = true;
	/* Sonar's says nothing but its version. */
	reader->out->format = attribute(attributes, "line-rate") ||
					      attribute(attributes,
							"lines-valid")
				      ? COVERAGE_COBERTURA
				      : COVERAGE_SONAR;
	return 0;
}

static int on_report(struct reader *reader, const char **attributes)
{
	(void)attributes;
	reader->is_known = true;
	reader->out->format = COVERAGE_JACOCO;
	return 0;
}

static int on_package(struct reader *reader, const char **attributes)
{
	const char *name = attribute(attributes, "name");

	free(reader->package);
	reader->package = xstrdup(name ? name : "");
	return 0;
}

static int add_file(struct reader *reader, const char *path)
{
	if (!path)
		return 0;
	return coverage_add_file(reader->out, path, strlen(path), reader->err);
}

static int on_class(struct reader *reader, const char **attributes)
{
	/* JaCoCo's classes have no lines; its source files follow. */
	if (reader->out->format != COVERAGE_COBERTURA)
		return 0;
	return add_file(reader, attribute(attributes, "filename"));
}

static int on_file(struct reader *reader, const char **attributes)
{
	return add_file(reader, attribute(attributes, "path"));
}

static int on_source_file(struct reader *reader, const char **attributes)
{
	const char *name = attribute(attributes, "name");
	char *path;
	int ret;

	if (!name)
		return 0;
	path = xstrf("%s%s%s", reader->package ? reader->package : "",
		     reader->package && *reader->package ? "/" : "", name);
	ret = add_file(reader, path);
	free(path);
	return ret;
}

static uint64_t number(const char *text)
{
	return text ? strtoull(text, NULL, 10) : 0;
}

static int on_line(struct reader *reader, const char **attributes)
{
	const char *number_cobertura = attribute(attributes, "number");
	const char *hits = attribute(attributes, "hits");
	const char *covered = attribute(attributes, "ci");

	if (number_cobertura)
		return coverage_add_line(reader->out, number(number_cobertura),
					 number(hits) > 0, reader->err);
	return coverage_add_line(reader->out,
				 number(attribute(attributes, "nr")),
				 number(covered) > 0, reader->err);
}

static int on_line_to_cover(struct reader *reader, const char **attributes)
{
	const char *covered = attribute(attributes, "covered");

	return coverage_add_line(
		reader->out, number(attribute(attributes, "lineNumber")),
		covered && !strcmp(covered, "true"), reader->err);
}

static const struct {
	const char *name;
	bool is_root;
	int (*act)(struct reader *reader, const char **attributes);
} elements[] = {
	{ "coverage", true, on_root },
	{ "report", true, on_report },
	{ "package", false, on_package },
	{ "class", false, on_class },
	{ "file", false, on_file },
	{ "sourcefile", false, on_source_file },
	{ "line", false, on_line },
	{ "lineToCover", false, on_line_to_cover },
};

static void XMLCALL on_start(void *payload, const char *name,
			     const char **attributes)
{
	struct reader *reader = payload;
	bool is_root = reader->depth++ == 0;

	if (reader->depth > LIMIT_COVERAGE_DEPTH) {
		err_set(reader->err, ERR_PROTOCOL, "elements more than %d deep",
			LIMIT_COVERAGE_DEPTH);
		stop(reader);
		return;
	}
	for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
		if (elements[i].is_root != is_root ||
		    strcmp(elements[i].name, name) != 0)
			continue;
		if (elements[i].act(reader, attributes) < 0)
			stop(reader);
		return;
	}
	if (is_root) {
		err_set(reader->err, ERR_PROTOCOL,
			"not a coverage report that referee knows");
		stop(reader);
	}
}

static void XMLCALL on_end(void *payload, const char *name)
{
	struct reader *reader = payload;

	(void)name;
	reader->depth--;
}

/* Reports have none; whoever defines some wants them to grow. The signature is
 * expat's. */
/* NOLINTNEXTLINE(readability-function-size) */
static void XMLCALL on_entity(void *payload, const char *name, int is_parameter,
			      const char *value, int value_len,
			      const char *base, const char *system_id,
			      const char *public_id, const char *notation)
{
	struct reader *reader = payload;

	(void)name;
	(void)is_parameter;
	(void)value;
	(void)value_len;
	(void)base;
	(void)system_id;
	(void)public_id;
	(void)notation;
	err_set(reader->err, ERR_PROTOCOL, "a report that defines entities");
	stop(reader);
}

int coverage_parse_xml(struct coverage *out, const char *text, size_t len,
		       struct err *err)
{
	struct reader reader = { .out = out, .err = err };
	int ret = -1;

	reader.parser = XML_ParserCreate(NULL);
	if (!reader.parser)
		return err_set(err, ERR_SYSTEM, "no XML parser");
	XML_SetUserData(reader.parser, &reader);
	XML_SetElementHandler(reader.parser, on_start, on_end);
	XML_SetEntityDeclHandler(reader.parser, on_entity);
	if (XML_Parse(reader.parser, text, (int)len, XML_TRUE) ==
		    XML_STATUS_ERROR &&
	    !reader.failed) {
		err_set(err, ERR_PROTOCOL, "line %lu: %s",
			XML_GetCurrentLineNumber(reader.parser),
			XML_ErrorString(XML_GetErrorCode(reader.parser)));
		goto out;
	}
	if (!reader.failed)
		ret = 0;
out:
	XML_ParserFree(reader.parser);
	free(reader.package);
	return ret;
}
