#include "store/run_files.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/log.h"
#include "repo/object.h"
#include "store/path_name.h"

char *run_folder_of(const char *change_key, const char *workflow)
{
	struct buf path;

	buf_init(&path, LIMIT_PATH_BYTES);
	buf_addf(&path, "%.2s/%.2s/%s", change_key, change_key + 2,
		 change_key + 4);
	if (workflow) {
		buf_addch(&path, '/');
		path_name_add(&path, workflow);
	}
	return buf_detach(&path);
}

char *run_folder(const struct run_record *record)
{
	char *above = run_folder_of(record->change_key, record->workflow);
	char *folder = xstrf("%s/%s", above, record->definition);

	free(above);
	return folder;
}

/* The n-th task of one agent has its own file. */
static char *task_path(const struct run_record *record, size_t task)
{
	struct buf path;
	size_t nth = 1;

	for (size_t i = 0; i < task; i++)
		nth += !strcmp(record->tasks[i].agent,
			       record->tasks[task].agent);
	buf_init(&path, LIMIT_PATH_BYTES);
	buf_addstr(&path, "agents/");
	path_name_add(&path, record->tasks[task].agent);
	if (nth > 1)
		buf_addf(&path, "%%%zu", nth); /* no name holds a bare % */
	buf_addstr(&path, ".json");
	return buf_detach(&path);
}

static int add_file(struct run_files *files, struct repo *repo,
		    const char *folder, const char *name,
		    const struct buf *content, struct err *err)
{
	struct oid id;

	if (blob_write(&id, repo, content->ptr, content->len, err) < 0)
		return -1;
	strvec_addf(&files->paths, "%s/%s", folder, name);
	ARRAY_GROW(files->ids, files->len, files->id_cap);
	files->ids[files->len++] = id;
	return 0;
}

static int add_json(struct run_files *files, struct repo *repo,
		    const char *folder, const char *name,
		    const struct json *doc, struct err *err)
{
	struct buf content;
	char *text = json_print_pretty(doc);
	int ret = -1;

	buf_init(&content, LIMIT_RECORD_BYTES);
	buf_addf(&content, "%s\n", text);
	if (!buf_check(&content, name, err))
		ret = add_file(files, repo, folder, name, &content, err);
	buf_release(&content);
	free(text);
	return ret;
}

/* What a task answered, apart from the record that everybody reads. */
static int add_task(struct run_files *files, struct repo *repo,
		    const char *folder, const struct run_record *record,
		    size_t task, struct err *err)
{
	const struct task_record *from = &record->tasks[task];
	struct json *doc;
	char *path;
	int ret;

	if (!from->answer && !from->attempts)
		return 0;
	doc = json_new_object();
	json_set_int(doc, "version", RECORD_VERSION);
	json_set_string(doc, "agent", from->agent);
	if (from->answer)
		json_set(doc, "answer", json_copy(from->answer));
	if (from->attempts)
		json_set(doc, "attempts", json_copy(from->attempts));
	path = task_path(record, task);
	ret = add_json(files, repo, folder, path, doc, err);
	free(path);
	json_free(doc);
	return ret;
}

static int add_generated(struct run_files *files, struct repo *repo,
			 const char *folder, const struct json *item,
			 struct err *err)
{
	const char *path,
		*text = json_string_or(json_get(item, "content"), "", NULL);
	struct buf content;
	char *name;
	int ret = -1;

	if (!text)
		return 0;
	if (json_string(&path, json_get(item, "path"), "", err) < 0)
		return err_prefix(err, "generated file: path");
	buf_init(&content, LIMIT_RECORD_BYTES);
	buf_addstr(&content, text);
	name = xstrf("files/%s", path);
	if (!buf_check(&content, name, err))
		ret = add_file(files, repo, folder, name, &content, err);
	free(name);
	buf_release(&content);
	return ret;
}

/* The record without what has files of its own. */
static int add_record(struct run_files *files, struct repo *repo,
		      const char *folder, const struct run_record *record,
		      struct err *err)
{
	struct run_record slim = *record;
	struct buf content;
	int ret = -1;

	slim.tasks = xcalloc(record->task_count + 1, sizeof(*slim.tasks));
	for (size_t i = 0; i < record->task_count; i++) {
		slim.tasks[i] = record->tasks[i];
		slim.tasks[i].answer = slim.tasks[i].attempts = NULL;
	}
	if (record->generated) {
		slim.generated = json_new_array();
		for (const struct json *at = json_first(record->generated); at;
		     at = json_next(at)) {
			struct json *item = json_copy(at);

			if (json_is_object(item))
				json_remove(item, "content");
			json_add(slim.generated, item);
		}
	}
	buf_init(&content, LIMIT_RECORD_BYTES);
	run_record_format(&content, &slim);
	if (!buf_check(&content, "record", err))
		ret = add_file(files, repo, folder, "run.json", &content, err);
	buf_release(&content);
	free(slim.tasks);
	if (record->generated)
		json_free(slim.generated);
	return ret;
}

/* A zero oid: what is there goes. */
static void add_removal(struct run_files *files, const char *folder)
{
	strvec_add(&files->paths, folder);
	ARRAY_GROW(files->ids, files->len, files->id_cap);
	memset(&files->ids[files->len++], 0, sizeof(*files->ids));
}

int run_files_add(struct run_files *files, struct repo *repo,
		  const struct run_record *record, struct err *err)
{
	char *folder = run_folder(record);
	int ret = -1;

	add_removal(files, folder);
	if (add_record(files, repo, folder, record, err) < 0)
		goto out;
	for (size_t i = 0; i < record->task_count; i++)
		if (add_task(files, repo, folder, record, i, err) < 0)
			goto out;
	for (const struct json *at = json_first(record->generated); at;
	     at = json_next(at))
		if (add_generated(files, repo, folder, at, err) < 0)
			goto out;
	ret = 0;
out:
	free(folder);
	return ret;
}

void run_files_finish(struct run_files *files)
{
	files->changes = xcalloc(files->len + 1, sizeof(*files->changes));
	for (size_t i = 0; i < files->len; i++)
		files->changes[i] = (struct tree_change){
			.path = files->paths.v[i],
			.mode = MODE_FILE,
			.id = oid_is_zero(&files->ids[i]) ? NULL
							  : &files->ids[i],
		};
}

void run_files_release(struct run_files *files)
{
	free(files->changes);
	free(files->ids);
	strvec_release(&files->paths);
	memset(files, 0, sizeof(*files));
}

/* Reading. */

static int read_file(struct buf *out, struct repo *repo, const struct oid *tree,
		     const char *folder, const char *name, struct err *err)
{
	char *path = xstrf("%s/%s", folder, name);
	struct tree_entry entry;
	int ret = tree_find(&entry, repo, tree, path, err);

	if (!ret)
		ret = blob_read(out, repo, &entry.id, err);
	free(path);
	return ret;
}

static int read_json(struct json **out, struct repo *repo,
		     const struct oid *tree, const char *folder,
		     const char *name, struct err *err)
{
	struct buf text;
	int ret;

	buf_init(&text, LIMIT_RECORD_BYTES);
	ret = read_file(&text, repo, tree, folder, name, err);
	if (!ret)
		ret = json_parse(out, text.ptr, text.len, err);
	buf_release(&text);
	return ret;
}

/* The record can do without: what is missing or damaged is told. */
static void read_task(struct run_record *record, size_t task, struct repo *repo,
		      const struct oid *tree, const char *folder)
{
	struct task_record *to = &record->tasks[task];
	char *path = task_path(record, task);
	struct err err = ERR_INIT;
	struct json *doc = NULL;

	if (read_json(&doc, repo, tree, folder, path, &err) < 0) {
		if (err.code != ERR_NOT_FOUND)
			log_warn("runs: %s/%s: %s", folder, path, err.msg);
	} else {
		if (!to->answer && json_is_object(json_get(doc, "answer")))
			to->answer = json_copy(json_get(doc, "answer"));
		if (!to->attempts && json_is_array(json_get(doc, "attempts")))
			to->attempts = json_copy(json_get(doc, "attempts"));
	}
	json_free(doc);
	free(path);
}

static void read_generated(struct json *item, struct repo *repo,
			   const struct oid *tree, const char *folder)
{
	const char *path = json_string_or(json_get(item, "path"), "", NULL);
	struct err err = ERR_INIT;
	struct buf content;
	char *name;

	if (!path || json_get(item, "content"))
		return;
	name = xstrf("files/%s", path);
	buf_init(&content, LIMIT_RECORD_BYTES);
	if (!read_file(&content, repo, tree, folder, name, &err))
		json_set_string(item, "content", content.ptr);
	else
		log_warn("runs: %s/%s: %s", folder, name, err.msg);
	buf_release(&content);
	free(name);
}

int run_files_read(struct run_record *out, struct repo *repo,
		   const struct oid *tree, const char *folder, struct err *err)
{
	struct json *whole = NULL;
	struct buf text;
	int ret;

	buf_init(&text, LIMIT_RECORD_BYTES);
	ret = read_file(&text, repo, tree, folder, "run.json", err);
	if (!ret)
		ret = run_record_parse(out, text.ptr, text.len, err);
	buf_release(&text);
	if (ret < 0)
		return -1;
	for (size_t i = 0; i < out->task_count; i++)
		read_task(out, i, repo, tree, folder);
	if (!out->generated)
		return 0;
	whole = json_new_array();
	for (const struct json *at = json_first(out->generated); at;
	     at = json_next(at)) {
		struct json *item = json_copy(at);

		if (json_is_object(item))
			read_generated(item, repo, tree, folder);
		json_add(whole, item);
	}
	json_free(out->generated);
	out->generated = whole;
	return 0;
}
