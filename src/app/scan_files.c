#include <stdlib.h>
#include <string.h>

#include "app/place.h"
#include "app/scanner.h"
#include "code/lang.h"
#include "core/limits.h"
#include "core/text.h"
#include "io/file.h"

/* As git tells binary files: by a NUL near the start. Of a language we know, it
 * is read all the same, so that a NUL hides nothing. */
static bool is_binary(const char *path, const struct buf *text)
{
	size_t size = text->len < 8000 ? text->len : 8000;

	return memchr(text->ptr, '\0', size) &&
	       lang_of_path(path) == LANG_OTHER;
}

/* Takes what is read of one file. */
static void take_text(struct scanner *scanner, const char *path,
		      const struct buf *text)
{
	struct rule_input input = { .path = path,
				    .file_class = class_of_path(path),
				    .text = text->ptr,
				    .len = text->len };
	char *utf8 = text_from_utf16(text->ptr, text->len, &input.len);
	bool with_rules = input.len <= LIMIT_SCAN_RULES;

	if (utf8) {
		input.text = utf8;
	} else if (is_binary(path, text)) {
		scanner->binary++;
		return;
	} else {
		input.len = text->len;
	}
	scanner_take(scanner, &input, with_rules);
	scanner_note_file(scanner, path,
			  with_rules ? FILE_REVIEWED : FILE_PARTIAL,
			  with_rules ? NULL : "over 8 MiB: secrets only");
	free(utf8);
}

/* `path` is how the file is called to people. What cannot be read is said, it
 * ends nothing. */
static void take_file(struct scanner *scanner, const char *file,
		      const char *path)
{
	struct err err = ERR_INIT;
	struct buf text;

	buf_init(&text, LIMIT_SCAN_BYTES);
	if (file_read(&text, file, &err) == 0)
		take_text(scanner, path, &text);
	else if (err.code == ERR_TOO_LARGE)
		scanner_note_file(scanner, path, FILE_SKIPPED,
				  "larger than 64 MiB");
	else
		scanner_note_file(scanner, path, FILE_SKIPPED, err.msg);
	buf_release(&text);
}

int scan_files(struct scanner *scanner, struct repo *repo, const char *target,
	       struct err *err)
{
	struct place_files place = { 0 };
	int ret = place_list(&place, repo, target, err);

	for (size_t i = 0; ret == 0 && i < place.files.len; i++)
		take_file(scanner, place.files.v[i], place.paths.v[i]);
	for (size_t i = 0; i < place.problems.len; i++)
		strvec_add(&scanner->result->remarks, place.problems.v[i]);
	place_release(&place);
	return ret;
}
