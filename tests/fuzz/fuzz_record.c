/* Everything JSON that may come from a stranger's push: what is read is written
 * and read again, the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "store/ledger.h"
#include "store/pulls.h"
#include "store/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again_record(const struct run_record *record)
{
	struct err err = ERR_INIT;
	struct run_record back;
	struct buf once, twice;

	buf_init(&once, LIMIT_RECORD_BYTES);
	buf_init(&twice, LIMIT_RECORD_BYTES);
	run_record_format(&once, record);
	if (!once.overflow &&
	    !run_record_parse(&back, once.ptr, once.len, &err)) {
		run_record_format(&twice, &back);
		run_record_release(&back);
	}
	buf_release(&once);
	buf_release(&twice);
}

static void again_state(const struct pull_state *state)
{
	struct err err = ERR_INIT;
	struct pull_state back;
	struct buf once, twice;

	buf_init(&once, LIMIT_STATE_BYTES);
	buf_init(&twice, LIMIT_STATE_BYTES);
	pull_state_format(&once, state);
	if (!once.overflow) {
		if (pull_state_parse(&back, once.ptr, once.len, &err) < 0)
			abort();
		pull_state_format(&twice, &back);
		if (strcmp(once.ptr, twice.ptr) != 0)
			abort();
		pull_state_release(&back);
	}
	buf_release(&once);
	buf_release(&twice);
}

static void again_line(const struct ledger_line *line)
{
	struct err err = ERR_INIT;
	struct ledger_line back;
	struct buf once;

	buf_init(&once, LIMIT_STATE_BYTES);
	ledger_line_format(&once, line);
	if (!once.overflow) {
		if (ledger_line_parse(&back, once.ptr, once.len, &err) < 0)
			abort();
		ledger_line_release(&back);
	}
	buf_release(&once);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct err err = ERR_INIT;
	struct run_record record;
	struct pull_state state;
	struct ledger_line line;

	if (!run_record_parse(&record, text, size, &err)) {
		again_record(&record);
		run_record_release(&record);
	}
	if (!pull_state_parse(&state, text, size, &err)) {
		again_state(&state);
		pull_state_release(&state);
	}
	if (!ledger_line_parse(&line, text, size, &err)) {
		again_line(&line);
		ledger_line_release(&line);
	}
	return 0;
}
