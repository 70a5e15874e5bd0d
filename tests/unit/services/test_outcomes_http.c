#include "unit.h"

#include "outcomes.h"
#include "services/kinds.h"

/* 1,000 nano-USD a token read, 2,000 written. */
#define USAGE "'use':{'in':100,'out':50}"
#define PAID  (100 * 1000 + 50 * 2000)

#define WHOLE(rest) "{'out':'{}','end':'done'," rest "}"

static const struct outcome_kind kind = {
	.ops = &http_service,
	.options =
		"{\"request\":{\"body\":{},\"error\":\"/error\","
		"\"error_code\":\"/code\",\"cost\":\"/usd\",\"stop\":"
		"\"/end\",\"complete\":\"done\",\"refused\":\"filtered\","
		"\"faults\":{\"NO_CREDIT\":\"quota\",\"BUSY\":\"overloaded\","
		"\"1301\":\"refused\"}},\"answer\":\"/out\","
		"\"input_tokens\":\"/use/in\",\"output_tokens\":\"/use/out\"}",
};

/* As those of Anthropic. */
static const struct outcome_row rows[] = {
	{ "answer", SAYS(200, WHOLE(USAGE)), FAULT_NONE, 1, ANSWERED, NOTHING,
	  PAID, NULL, 0 },
	{ "answer that is JSON itself",
	  SAYS(200, "{'out':{'findings':[]},'end':'done'," USAGE "}"),
	  FAULT_NONE, 1, ANSWERED, NOTHING, PAID, NULL, 0 },
	{ "answer behind a byte order mark",
	  SAYS(200, "\xef\xbb\xbf" WHOLE(USAGE)), FAULT_NONE, 1, ANSWERED,
	  NOTHING, PAID, NULL, 0 },
	{ "unknown fields", SAYS(200, WHOLE("'new':[{}]," USAGE)), FAULT_NONE,
	  1, ANSWERED, NOTHING, PAID, NULL, 0 },
	{ "errors that are none",
	  SAYS(200, WHOLE("'error':null,'code':'OK'," USAGE)), FAULT_NONE, 1,
	  ANSWERED, NOTHING, PAID, NULL, 0 },
	{ "errors that are empty", SAYS(200, WHOLE("'error':''," USAGE)),
	  FAULT_NONE, 1, ANSWERED, NOTHING, PAID, NULL, 0 },
	{ "no errors", SAYS(200, WHOLE("'error':false,'code':0," USAGE)),
	  FAULT_NONE, 1, ANSWERED, NOTHING, PAID, NULL, 0 },
	{ "a list of no errors", SAYS(200, WHOLE("'error':[]," USAGE)),
	  FAULT_NONE, 1, ANSWERED, NOTHING, PAID, NULL, 0 },

	/* nothing, or not what it should be */
	{ "empty", SAYS(200, ""), FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST,
	  "HTTP 200 without a body", 0 },
	{ "cut", SAYS(200, "{'out':'{"), FAULT_ENVELOPE, 3, NEXT, NOTHING,
	  WORST, "not JSON", 0 },
	{ "web page", SAYS(200, "<html>"), FAULT_ENVELOPE, 3, NEXT, NOTHING,
	  WORST, "web page: does `url`", 0 },
	{ "list", SAYS(200, "[]"), FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST,
	  "nothing at '/out'", 0 },
	{ "nothing where the answer should be",
	  SAYS(200, "{'end':'done'," USAGE "}"), FAULT_ENVELOPE, 3, NEXT,
	  NOTHING, PAID, "nothing at '/out'", 0 },
	{ "null where the answer should be",
	  SAYS(200, "{'out':null,'end':'done'}"), FAULT_ENVELOPE, 3, NEXT,
	  NOTHING, WORST, "nothing at '/out'", 0 },
	{ "answer of another type", SAYS(200, "{'out':17,'end':'done'}"),
	  FAULT_ANSWER, 2, NEXT, NOTHING, WORST, "an object", 0 },
	{ "NUL",
	  { .status = 200,
	    .headers = OUTCOME_JSON,
	    .body = "{'out':\0'{}'}",
	    .body_len = 13 },
	  FAULT_ENVELOPE,
	  3,
	  NEXT,
	  NOTHING,
	  WORST,
	  "control character",
	  0 },
	{ "not UTF-8", SAYS(200, "{'out':'\xff'}"), FAULT_ENVELOPE, 3, NEXT,
	  NOTHING, WORST, "not UTF-8", 0 },
	{ "names twice", SAYS(200, "{'out':'{}','out':'{}','end':'done'}"),
	  FAULT_ENVELOPE, 3, NEXT, NOTHING, WORST, "repeated name", 0 },
	{ "too large",
	  { .error = ERR_TOO_LARGE, .after_ms = 10 },
	  FAULT_ENVELOPE,
	  3,
	  NEXT,
	  NOTHING,
	  WORST,
	  ": one",
	  0 },

	/* errors inside of a success */
	{ "error inside of a success", SAYS(200, WHOLE("'error':'broken'")),
	  FAULT_SERVER, 3, NEXT, LEFT_ALONE, WORST, "broken", 0 },
	{ "error that is an object",
	  SAYS(200, WHOLE("'error':{'why':'broken'}")), FAULT_SERVER, 3, NEXT,
	  LEFT_ALONE, WORST, "broken", 0 },
	{ "error that is a number", SAYS(200, WHOLE("'error':7")), FAULT_SERVER,
	  3, NEXT, LEFT_ALONE, WORST, "7", 0 },
	{ "error that is true", SAYS(200, WHOLE("'error':true")), FAULT_SERVER,
	  3, NEXT, LEFT_ALONE, WORST, NULL, 0 },
	{ "vendor's code inside of a success",
	  SAYS(200, WHOLE("'code':'NO_CREDIT'")), FAULT_QUOTA, 1, NEXT,
	  KEY_OPEN, WORST, "NO_CREDIT", 0 },
	{ "vendor's code that is a number", SAYS(200, WHOLE("'code':1301")),
	  FAULT_REFUSED, 1, NEXT, NOTHING, WORST, "1301", 0 },
	{ "vendor's code of an error", SAYS(400, "{'code':'BUSY'}"),
	  FAULT_OVERLOADED, 3, NEXT, NOTHING, 0, "BUSY", 0 },

	/* how answers end */
	{ "cut", SAYS(200, "{'out':'{}','end':'length'," USAGE "}"),
	  FAULT_TRUNCATED, 1, END, NOTHING, PAID, "cut at 1000 tokens", 0 },
	{ "no reason", SAYS(200, "{'out':'{}'," USAGE "}"), FAULT_TRUNCATED, 1,
	  END, NOTHING, PAID, NULL, 0 },
	{ "all thought and no answer", SAYS(200, "{'end':'length'," USAGE "}"),
	  FAULT_TRUNCATED, 1, END, NOTHING, PAID, NULL, 0 },
	{ "content filter", SAYS(200, "{'end':'filtered'," USAGE "}"),
	  FAULT_REFUSED, 1, NEXT, NOTHING, PAID, "declined", 0 },
	{ "no text", SAYS(200, "{'out':'','end':'done'," USAGE "}"),
	  FAULT_ANSWER, 2, NEXT, NOTHING, PAID, NULL, 0 },
	{ "prose", SAYS(200, "{'out':'I looked','end':'done'," USAGE "}"),
	  FAULT_ANSWER, 2, NEXT, NOTHING, PAID, "not JSON", 0 },

	/* usage */
	{ "usage is missing", SAYS(200, WHOLE("'a':1")), FAULT_NONE, 1,
	  ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is zero", SAYS(200, WHOLE("'use':{'in':0,'out':0}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, 0, NULL, 0 },
	{ "output is missing", SAYS(200, WHOLE("'use':{'in':1}")), FAULT_NONE,
	  1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is negative", SAYS(200, WHOLE("'use':{'in':-1,'out':1}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is a fraction", SAYS(200, WHOLE("'use':{'in':1,'out':1.5}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is text", SAYS(200, WHOLE("'use':{'in':'1','out':'1'}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage overflows",
	  SAYS(200, WHOLE("'use':{'in':9223372036854775807,'out':1e300}")),
	  FAULT_NONE, 1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "usage is more than was sent could be",
	  SAYS(200, WHOLE("'use':{'in':1,'out':9000000}")), FAULT_NONE, 1,
	  ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "cost in words", SAYS(200, WHOLE("'usd':0.0012," USAGE)), FAULT_NONE,
	  1, ANSWERED, NOTHING, 1200000, NULL, 0 },
	{ "no cost", SAYS(200, WHOLE("'usd':0")), FAULT_NONE, 1, ANSWERED,
	  NOTHING, 0, NULL, 0 },
	{ "negative cost", SAYS(200, WHOLE("'usd':-1," USAGE)), FAULT_NONE, 1,
	  ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "infinite cost", SAYS(200, WHOLE("'usd':1e999," USAGE)), FAULT_NONE,
	  1, ANSWERED, NOTHING, WORST, NULL, 0 },
	{ "cost as text", SAYS(200, WHOLE("'usd':'0'," USAGE)), FAULT_NONE, 1,
	  ANSWERED, NOTHING, WORST, NULL, 0 },

	/* errors; statuses by themselves are below */
	{ "error with a reason", SAYS(403, "{'error':'not yours'}"), FAULT_AUTH,
	  1, NEXT, KEY_OPEN, 0, "not yours", 0 },
	{ "error in plain text", SAYS(429, "Retry later"), FAULT_RATE, 3, NEXT,
	  NOTHING, 0, "HTTP 429: Retry later", 0 },
	{ "error without a body", SAYS(500, ""), FAULT_SERVER, 3, NEXT,
	  LEFT_ALONE, 0, "HTTP 500 without a body", 0 },
};

Test(outcomes, of_what_any_vendor_replies)
{
	outcomes_check(&kind, rows, ARRAY_LEN(rows));
}

Test(outcomes, of_every_status_any_vendor_has)
{
	outcomes_check_statuses(&kind, outcome_statuses, outcome_status_count);
}

Test(outcomes, of_no_reply_from_any_vendor)
{
	outcomes_check_no_reply(&kind);
}
